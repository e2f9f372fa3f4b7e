// The controls of the explorer. One message is under way at a time; of those that wait, the latest of each kind goes.
const MARKUP = `
  <main>
    <h1>One slope, several backends</h1>
    <label class="f"><span>f(x) =</span>
      <input name="f" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="error"></label>
    <p class="bad" id="error" role="alert"></p>
    <section class="picture" aria-label="The curve, with its tangents at x"></section>
    <p class="quiet" name="note" role="status"></p>
    <label class="x"><span>x</span><input name="slider" type="range" aria-label="x, along the curve"></label>
    <div class="line">
      <label><span>x, exactly</span><input name="x" autocomplete="off" inputmode="text" size="12"></label>
      <fieldset><legend>precision</legend>
        <label><input type="radio" name="dtype" value="float64"> float64</label>
        <label><input type="radio" name="dtype" value="float32"> float32</label>
      </fieldset>
    </div>
    <div class="wide"><table>
      <thead><tr><th scope="col">backend</th><th scope="col">f(x)</th><th scope="col">slope</th>
        <th scope="col">agreement</th></tr></thead>
      <tbody name="rows"></tbody></table></div>
    <p class="bad" name="differing" role="status"></p>
    <p class="quiet" name="referee"></p>
    <div class="panels">
      <section aria-labelledby="descent"><h2 id="descent">Gradient descent</h2>
        <div class="line"><label><span>step size</span><input name="rate" size="6" autocomplete="off"></label>
          <button name="step">step</button> <button name="reset">reset</button></div>
        <p name="descent" role="status"></p><p class="bad" name="descent_error" role="alert"></p></section>
      <section aria-labelledby="sum"><h2 id="sum">Accumulation</h2>
        <p class="quiet">w is a torch tensor at x. f(w).backward() adds to w.grad; w.grad.zero_() comes first, unless
          it is forgotten.</p>
        <div class="line"><button name="backward">backward()</button>
          <label><input name="forget" type="checkbox"> forget to zero</label></div>
        <p class="bad" name="torch_missing"></p>
        <table><tbody name="accumulation"></tbody></table>
        <p class="bad" name="accumulation_error" role="alert"></p></section>
    </div>
  </main>`;

const REST = 250; // ms without a change, after which the referee is asked
const LOST = 5000; // ms after which an answer is no longer waited for

export function render({model}) {
  const root = document.createElement("div");
  root.className = "explorer";
  root.innerHTML = MARKUP;
  const $ = (name) => root.querySelector(`[name="${name}"]`);
  root.querySelector(".picture").append(model.get_child("plot"));
  ground();

  // Messages ----------------------------------------------------------------------------------------------
  const waiting = new Map();
  let under_way = null, n = 0, rest = 0, typed = 0;

  function send(name, value = null) {
    const earlier = waiting.get(name);
    waiting.delete(name);
    const many = name === "step" || name === "backward"; // each press counts
    waiting.set(many ? `${name} ${n}.${waiting.size}` : name, {do: name, value, since: earlier?.since ?? performance.now()});
    next();
  }

  function next() {
    if (under_way && performance.now() - under_way.sent < LOST) return;
    const [first] = waiting;
    if (!first) return;
    waiting.delete(first[0]);
    under_way = {...first[1], n: ++n, sent: performance.now()};
    model.send_msg({do: under_way.do, value: under_way.value, n});
  }

  model.on("msg:custom", (state) => {
    const done = under_way?.n === state.n ? under_way : null;
    show(state);
    if (!done) return;
    under_way = null;
    // From the event to the paint that shows it; tests/play/drag.py reads it.
    requestAnimationFrame(() => setTimeout(() => performance.measure(`multigrad ${done.do}`, {start: done.since})));
    clearTimeout(rest);
    if (done.do !== "judge" && done.do !== "dark") rest = setTimeout(() => send("judge"), REST);
    next();
  });

  // What is shown -----------------------------------------------------------------------------------------
  const active = () => root.getRootNode().activeElement;
  const put = (name, text) => { if ($(name).textContent !== text) $(name).textContent = text; };
  const fill = (name, text) => { if (active() !== $(name) || !$(name).dataset.edited) $(name).value = text; };

  function show(state) {
    for (const name of ["note", "differing", "referee", "descent", "descent_error", "torch_missing", "accumulation_error"])
      put(name, state[name]);
    root.querySelector("#error").textContent = Object.values(state.errors)[0] ?? "";
    for (const name of ["f", "x", "rate"]) {
      $(name).toggleAttribute("aria-invalid", name in state.errors);
      if (!(name in state.errors)) fill(name, String(state[name]));
    }
    const slider = $("slider"), [low, high] = state.window;
    Object.assign(slider, {min: low, max: high, step: (high - low) / 1000});
    if (!waiting.has("x")) slider.value = state.x;
    slider.setAttribute("aria-valuetext", `x = ${state.x}`);
    for (const each of root.querySelectorAll("[name=dtype]")) each.checked = each.value === state.dtype;
    $("forget").checked = state.forget;
    $("backward").disabled = Boolean(state.torch_missing);
    $("rows").replaceChildren(...state.rows.map(row));
    $("accumulation").replaceChildren(...state.accumulation.map(([name, text]) => line(cell("th", name), cell("td", text))));
  }

  function row(each) {
    const head = cell("th", "");
    head.append(Object.assign(cell("span", ""), {className: "swatch"}), each.backend, " ", cell("small", each.version));
    head.firstChild.style.background = each.colour;
    const numbers = each.error ? [Object.assign(cell("td", each.error), {colSpan: 2, className: "said"})]
      : [named("f(x)", each.value), named("slope", each.slope)];
    const word = cell("td", `${each.sign} ${each.word}`);
    word.className = `word ${each.word.replaceAll(" ", "-")}`;
    const made = line(head, ...numbers, word);
    made.dataset.backend = each.backend;
    return made;
  }

  function cell(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (tag === "th") made.scope = "row";
    return made;
  }

  function named(name, text) {
    const made = cell("td", text);
    made.dataset.name = name; // what a narrow page writes before it
    return made;
  }

  function line(...cells) {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  }

  // What a person does ------------------------------------------------------------------------------------
  for (const name of ["f", "x", "rate"]) {
    const field = $(name);
    const tell = () => { clearTimeout(typed); send(name, field.value); };
    field.addEventListener("input", () => {
      field.dataset.edited = "yes";
      clearTimeout(typed);
      if (name === "f") typed = setTimeout(tell, 300);
    });
    field.addEventListener("change", () => { delete field.dataset.edited; tell(); });
  }
  $("slider").addEventListener("input", (event) => send("x", event.target.valueAsNumber));
  root.querySelector(".picture").addEventListener("keydown", (event) => { // Bokeh's canvas takes the focus
    const step = {ArrowLeft: "stepDown", ArrowRight: "stepUp"}[event.key];
    if (!step) return;
    event.preventDefault();
    $("slider")[step](5);
    send("x", $("slider").valueAsNumber);
  });
  window.addEventListener("multigrad:x", (event) => send("x", event.detail));
  for (const each of root.querySelectorAll("[name=dtype]")) each.addEventListener("change", () => send("dtype", each.value));
  $("forget").addEventListener("change", (event) => send("forget", event.target.checked));
  for (const name of ["step", "reset", "backward"]) $(name).addEventListener("click", () => send(name));

  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => send("dark", dark.matches));
  show(model.state);
  if (dark.matches) send("dark", true);
  send("judge");
  return root;
}

// What lies around the component: the page's own ground, and its width on a phone.
function ground() {
  const style = document.createElement("style");
  style.textContent = `:root { color-scheme: light dark; } html, body { margin: 0; background: #fcfcfa; }
    @media (prefers-color-scheme: dark) { html, body { background: #17191b; } }`;
  document.head.append(style);
  if (document.querySelector("meta[name=viewport]")) return;
  document.head.append(Object.assign(document.createElement("meta"), {name: "viewport", content: "width=device-width"}));
}
