// Two tabs on one draft: each keeps what it changed; pure.

/**
 * @param base what this tab had read, undefined when unknown: then all that is here counts as changed here
 * @returns `theirs` with every part, or field of a part, that `mine` changed since `base`; in the order of `mine`
 */
export function merged(base = {}, mine = {}, theirs = {}) {
  const result = {};
  for (const part of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const changed = JSON.stringify(mine[part]) !== JSON.stringify(base[part]);
    const value = !changed ? theirs[part] : isObject(mine[part]) ? merged(base[part], mine[part], theirs[part]) : mine[part];
    if (value !== undefined) result[part] = value;
  }
  return result;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
