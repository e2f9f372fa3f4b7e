"use strict";
// The page is whole without this: what it adds is search, filters, order, and keys.
(() => {
  const list = document.getElementById("list");
  const form = document.getElementById("filters");
  const field = (name) => form.elements.namedItem(name);
  const scenarios = [...list.querySelectorAll(".scenario")].map((element, run) => ({
    element, run, ...element.dataset, cases: [...element.querySelectorAll("tbody")], text: null,
  }));
  const FILTERS = ["family", "verdict", "backend", "dtype", "device"];
  const chosen = (name) => field(name)?.value ?? "";

  const fits = (body) => {
    if ((chosen("dtype") || body.dataset.dtype) !== body.dataset.dtype) return false;
    if ((chosen("device") || body.dataset.device) !== body.dataset.device) return false;
    const [backend, verdict] = [chosen("backend"), chosen("verdict")];
    return body.dataset.verdicts.split(" ").some((said) => {
      const [name, ruled] = said.split(":");
      return (!backend || name === backend) && (!verdict || ruled === verdict);
    });
  };

  const filter = () => {
    const words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    let [shown, cases] = [0, 0];
    for (const each of scenarios) {
      each.text ??= each.element.textContent.toLowerCase();
      const wanted = (chosen("family") || each.family) === each.family && words.every((word) => each.text.includes(word));
      let fitting = 0;
      for (const body of each.cases) {
        body.hidden = !fits(body);
        fitting += !body.hidden;
      }
      each.element.hidden = !wanted || !fitting;
      if (!each.element.hidden) [shown, cases] = [shown + 1, cases + fitting];
    }
    const number = (count) => count.toLocaleString("en");
    field("count").value = `${number(shown)} of ${number(scenarios.length)} scenarios, ${number(cases)} ${cases === 1 ? "case" : "cases"}`;
  };

  const ORDERS = {
    run: (a, b) => a.run - b.run,
    worst: (a, b) => a.worst - b.worst,
    digits: (a, b) => a.digits - b.digits,
    seconds: (a, b) => b.seconds - a.seconds,
    name: (a, b) => a.name.localeCompare(b.name),
  };
  const order = () => {
    scenarios.sort((a, b) => ORDERS[field("order").value](a, b) || a.run - b.run);
    list.append(...scenarios.map((each) => each.element));
  };

  // Everything again, or what these filters let through.
  const show = (filters = {}) => {
    form.reset();
    for (const name of FILTERS) if (field(name)) field(name).value = filters[name] ?? "";
    order();
    filter();
  };

  const openAll = () => {
    const shown = scenarios.filter((each) => !each.element.hidden);
    const open = !shown.every((each) => each.element.open);
    for (const each of shown) each.element.open = open;
  };

  // A link to a case opens the scenario that it stands in, whatever the filters hide.
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const scenario = target?.closest(".scenario");
    if (!scenario) return;
    if (scenario.hidden || target.hidden) show();
    scenario.open = true;
    target.scrollIntoView({ block: "start" });
    target.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href='#cases']");
    if (!link || !(link.dataset.family || link.dataset.verdict)) return;
    show(link.dataset);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "Escape" && typing?.name === "search") { typing.value = ""; filter(); typing.blur(); }
    if (typing) return;
    if (event.key === "/") { event.preventDefault(); field("search").focus(); }
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const shown = scenarios.filter((each) => !each.element.hidden).map((each) => each.element);
    const at = shown.indexOf(event.target.closest(".scenario"));
    shown[Math.min(Math.max(at + step, 0), shown.length - 1)]?.querySelector("summary").focus();
  });

  form.addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["input", "change"]) form.addEventListener(kind, () => { order(); filter(); });  // typed, and chosen
  field("clear").addEventListener("click", () => show());
  field("open").addEventListener("click", openAll);
  addEventListener("hashchange", follow);
  form.hidden = false;
  filter();
  follow();
})();
