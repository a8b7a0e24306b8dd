// The first view: what to do next, what lies on this phone, how old it is, and whether it is safe there.
import { $, button, h, icon, notice, tag } from "./dom.js";
import { nameOf } from "./identity.js";
import { known } from "./people.js";
import { ago, clock, say, when } from "./words.js";

const HOUR = 3600000;
const { signIn } = document.body.dataset;
const view = $("[data-view=home]");

/** The state of a case in its exact words: [kind of tag, text]. `sending` is the state of the outbox. */
export function stateOf(draft, sending) {
  if (draft.broken) return ["bad", say("unreadable_here")];
  if (draft.state === "attention") return ["warn", say("to_mend")];
  if (draft.state === "beside") return ["warn", say("beside")];
  if (draft.state === "draft") return ["held", say("draft")];
  if (sending?.caseId === draft.id && sending.phase === "sending") return ["now", say("sending_photos", { sent: sending.sent, total: sending.total })];
  return ["", say("saved_here")];
}

/** What the queue waits for, as a sentence; "" when it waits for nothing. */
export function queueWords(state, waiting) {
  if (!waiting) return "";
  if (state.elsewhere) return say("outbox_elsewhere");
  if (state.phase === "waiting" && state.nextTryAt) return say("queue_waiting", { time: clock(Date.now() + state.nextTryAt - performance.now()) });
  return { offline: say("queue_offline"), captive: say("queue_captive"), sending: say("queue_sending") }[state.phase] ?? "";
}

function ageNotice({ count, oldest }) {
  const hours = oldest ? (Date.now() - Date.parse(oldest)) / HOUR : 0;
  if (!count || hours < 24) return null;
  return notice(hours < 72 ? "warn" : "bad", "warning", say("unsent_old", { n: count, age: ago(oldest) }), say(hours < 72 ? "unsent_old_help" : "unsent_very_old_help"));
}

function notices({ outbox, unsent, others, member, asking, update }) {
  const found = [];
  if (outbox.reason === "forbidden") found.push(notice("warn", "lock", say("outbox_forbidden")));
  else if (outbox.phase === "signed_out") {
    found.push(notice("warn", "lock", say(unsent.ready ? "sign_in_to_send" : "sign_in_again", { n: unsent.ready }), say("nothing_is_lost"), h("p", {}, h("a", { class: "btn", href: signIn }, say("sign_in")))));
  }
  if (outbox.phase === "other_user") found.push(notice("warn", "lock", say("other_user"), say("other_user_help")));
  if (outbox.phase === "captive" && unsent.ready) found.push(notice("warn", "offline", say("captive"), say("captive_help")));
  found.push(ageNotice(unsent));
  for (const other of others) found.push(notice("", "lock", say("others_unsent", { n: other.count }), say("others_unsent_help", { age: ago(other.oldest) })));
  if (asking) found.push(notice("", "info", say("asking")));
  else if (!member) found.push(notice("", "info", say("first_time"), say("first_time_help"), h("p", {}, h("a", { class: "btn", href: signIn }, say("sign_in")))));
  if (update) found.push(notice("", "info", say("new_version"), h("p", {}, button(say("take_new_version"), update))));
  return found.filter(Boolean);
}

function row(draft, outbox, problem) {
  const [kind, text] = stateOf(draft, outbox);
  const href = draft.state === "draft" ? `#/${draft.id}/${draft.step}` : `#/${draft.id}`;
  return h("li", {}, h("a", { href }, h("b", {}, nameOf(draft) || say("not_named")), h("span", { class: "when" }, ago(draft.created_at)), h("small", {}, tag(kind, text), problem ? ` ${problem}` : "")));
}

/** Draw the view. `told`: {cases, sent, unsent, others, outbox, keeps, member, asking (first answer of the server awaited), update}. */
export function showHome(told) {
  $("[data-notices]", view).replaceChildren(...notices(told));
  $("[data-scan]", view).disabled = $("[data-new]", view).disabled = !told.member;
  const list = $("[data-list]", view);
  list.hidden = !told.cases.length;
  $("ul", list).replaceChildren(...told.cases.map((draft) => row(draft, told.outbox, draft.problems?.[0]?.message)));
  $("[data-count]", list).replaceChildren(tag("held", say("n_cases", { n: told.cases.length })));
  $("[data-send-row]", list).hidden = !told.unsent.ready;
  $("[data-queue]", list).textContent = queueWords(told.outbox, told.unsent.ready);
  const sent = $("[data-sent]", view);
  sent.hidden = !told.sent.length;
  $("ul", sent).replaceChildren(...told.sent.slice(0, 20).map((one) => h("li", {}, h("strong", {}, one.name), " ", h("small", { class: "muted" }, when(one.at)), h("br"), tag("ok", say("received_number", { number: one.number })))));
  showPhone(told);
}

function showPhone({ keeps, unsent, member }) {
  const state = $("[data-keeps]", view);
  if (keeps) state.replaceChildren(tag(keeps.safe ? "ok" : "warn", say(keeps.safe ? "keeps_yes" : "keeps_no")), ` ${say(`keeps_${keeps.why}`)}`);
  const pack = known();
  $("[data-people]", view).textContent = pack?.people.length ? say("people_here", { n: pack.people.length, time: when(pack.made_at) }) : member ? say("people_not_here") : "";
  $("[data-rescue]", view).hidden = !member;
  $("[data-export]", view).disabled = !unsent.count;
}

/** One case that is no draft any more: kept, on its way, received, to be mended, or kept beside another. */
export function showCase(draft, { outbox, received, unsent }, act) {
  const box = $("[data-case]");
  if (received) {
    box.replaceChildren(
      notice("ok", "done", say("received_number", { number: received.number }), say("received_help")),
      h("p", {}, h("button", { type: "button", class: "btn hero", onclick: act.next }, icon("scan"), h("span", {}, h("b", {}, say("next_person")), h("small", {}, say("next_person_help"))))),
      h("p", { class: "row even" }, h("a", { class: "btn quiet", href: "#/" }, say("to_list")), button(say("print_slip"), () => window.print(), { picture: "print" })),
    );
    return;
  }
  if (draft.state === "attention") return void box.replaceChildren(toMend(draft, act));
  if (draft.state === "beside") return void box.replaceChildren(beside(draft, act));
  const sending = outbox.phase === "sending" && outbox.caseId === draft.id;
  const told = notice(sending ? "" : "ok", sending ? "send" : "saved", stateOf(draft, outbox)[1], queueWords(outbox, unsent.ready) || say("saved_help"));
  if (sending) told.append(h("progress", { max: outbox.total + 1, value: outbox.sent, "aria-label": say("sending_photos", outbox) }));
  box.replaceChildren(told,
    outbox.phase === "signed_out" ? notice("warn", "lock", say("sign_in_to_send", { n: unsent.ready }), h("p", {}, h("a", { class: "btn", href: signIn }, say("sign_in")))) : "",
    h("p", {}, h("button", { type: "button", class: "btn hero", onclick: act.next }, icon("scan"), h("span", {}, h("b", {}, say("next_person")), h("small", {}, say("next_person_help"))))),
    h("p", { class: "row even" }, h("a", { class: "btn quiet", href: "#/" }, say("to_list")), button(say("send_now"), act.send, { picture: "send" })));
}

function toMend(draft, act) {
  const reasons = (draft.problems ?? []).map((problem) => h("li", {}, problem.message));
  return h("div", {}, notice("warn", "warning", say("to_mend"), say("to_mend_help"), h("ul", {}, reasons)), h("p", { class: "row even" }, button(say("mend"), act.mend, { main: true }), button(say("send_again"), act.again)),
    h("p", { class: "row" }, h("button", { type: "button", class: "stop", onclick: act.discard }, say("discard_case"))));
}

function beside(draft, act) {
  const server = draft.server ?? {};
  const rows = (server.differences ?? []).map((one) => h("div", { class: "differs" }, h("dt", {}, one.label), h("dd", {}, h("small", { class: "col" }, say("on_phone")), one.phone || "–"), h("dd", {}, h("small", { class: "col" }, say("at_commune")), one.server || "–")));
  return h("div", {}, notice("warn", "warning", say("beside"), say("beside_help", { number: server.number ?? "" })),
    h("section", { class: "card" }, h("p", { class: "compare-head", "aria-hidden": "true" }, h("span", {}, say("item")), h("span", {}, say("on_phone")), h("span", {}, say("at_commune"))), h("dl", { class: "compare" }, rows)),
    h("p", { class: "row" }, draft.receipt ? button(say("let_go"), act.letGo, { main: true }) : h("span", {}, say("beside_waiting"))));
}
