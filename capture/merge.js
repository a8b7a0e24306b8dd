// Two tabs on one draft: each keeps what it changed; pure.

/**
 * @param base what this tab had read, undefined when unknown: then all that is here counts as changed here
 * @returns `theirs` with every part that `mine` changed since `base`
 */
export function merged(base, mine = {}, theirs = {}) {
  const result = { ...theirs };
  for (const part of new Set([...Object.keys(mine), ...Object.keys(base || {})])) {
    if (base && JSON.stringify(mine[part]) === JSON.stringify(base[part])) continue;
    if (mine[part] === undefined) delete result[part];
    else result[part] = mine[part];
  }
  return result;
}
