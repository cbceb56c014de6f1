/* What the pages gain from script; each works without it. No personal data is kept in the browser. */
(function () {
  "use strict";
  var body = document.body;

  function byId(id) { return document.getElementById(id); }

  function say(text) {
    var live = byId("live");
    if (!live || !text) return;
    live.textContent = "";
    // an empty moment first, or the same sentence twice is not spoken
    setTimeout(function () { live.textContent = text; }, 60);
  }

  function focus(element) {
    if (!element) return;
    if (!element.matches("a[href], button, input, select, textarea, [tabindex]")) element.setAttribute("tabindex", "-1");
    element.focus();
  }

  function trouble(text, retry) {
    var bar = byId("trouble");
    if (!bar) return;
    bar.textContent = text || "";
    bar.hidden = !text;
    if (!text || !retry) return;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "hq-link-button";
    button.textContent = body.dataset.retry;
    button.addEventListener("click", function () { trouble(""); location.reload(); });
    bar.append(button);
  }

  // Offline: the page says so, nothing typed is touched.
  addEventListener("offline", function () { trouble(body.dataset.offline); });
  addEventListener("online", function () { trouble(""); });

  // A refused page begins at what has to be put right.
  focus(byId("error-summary"));

  // Large text switches in place, so that nothing typed is lost; the cookie is set on the way.
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-large]");
    if (!button) return;
    event.preventDefault();
    var large = document.documentElement.classList.toggle("hq-large");
    button.setAttribute("aria-pressed", String(large));
    var sent = new URLSearchParams({ switch_text: large ? "large" : "normal", csrf_token: token() });
    button.value = large ? "normal" : "large";
    fetch(button.dataset.large, { method: "POST", body: sent, redirect: "manual" }).catch(function () {});
  });

  function token() {
    var meta = document.querySelector("meta[name=csrf-token]");
    return meta ? meta.content : "";
  }

  // Before a session ends for want of use: said once, with a way to go on. Whatever the page asks begins the time anew.
  // Before it ends in any case: said a quarter of an hour ahead, as pages do that come later.
  (function () {
    var line = byId("session-end");
    if (!line) return;
    var timer, ending, warned = false, held = null, last = "", before = Number(line.dataset.last) - 900;
    var main = byId("main"), title = "";
    function quiet() {
      warned = false;
      if (held) {
        main.replaceChildren.apply(main, held);
        document.title = title;
        held = null;
      }
      line.textContent = last;
      line.classList.toggle("hq-session-warn", last !== "");
      wait();
    }
    function wait() {
      clearTimeout(timer);
      clearTimeout(ending);
      timer = setTimeout(warn, Math.max(0, Number(line.dataset.seconds) - 120) * 1000);
      ending = setTimeout(over, Number(line.dataset.seconds) * 1000);
    }
    // Nothing of a session that is over stands on the screen; what was typed is there again if it goes on elsewhere.
    function over() {
      if (held) return;
      warn();
      held = Array.from(main.childNodes);
      title = document.title;
      main.replaceChildren(line);
      document.title = location.host;
      line.firstChild.textContent = line.dataset.over + " ";
    }
    function warn() {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "hq-link-button";
      button.textContent = line.dataset.keepLabel;
      button.addEventListener("click", function () {
        fetch(line.dataset.keep, { redirect: "manual" }).then(function (answer) {
          if (answer.status === 204) quiet(); else location.reload();
        }).catch(function () { trouble(body.dataset.offline); });
      });
      line.textContent = line.dataset.warning + " ";
      line.append(button);
      line.classList.add("hq-session-warn");
      say(line.dataset.warning);
      warned = true;
    }
    if (before > 0) setTimeout(function () {
      last = line.dataset.lastWarning;
      if (!warned) quiet();
      say(last);
    }, before * 1000);
    setTimeout(over, Number(line.dataset.last) * 1000);
    document.addEventListener("htmx:finally:request", function () { if (warned) quiet(); else wait(); });
    wait();
  })();

  // Typing Chinese: a search waits until the characters are chosen.
  document.addEventListener("input", function (event) {
    if (event.isComposing) event.stopImmediatePropagation();
  }, true);
  document.addEventListener("compositionend", function (event) {
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Double taps: a form is sent once. The server's submission key is what really holds.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") form.dataset.sent = "yes";
    // The page stays where the answer is a file to save.
    if (form.dataset.saves) setTimeout(function () { delete form.dataset.sent; }, Number(form.dataset.saves));
  });
  addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // Bulk bar: count, whole page, and a button that names the number.
  function boxes(bar) {
    return Array.from(document.querySelectorAll("input[name=row][form='" + bar.dataset.bulk + "']:not(:disabled)"));
  }
  function count(bar) {
    var chosen = boxes(bar).filter(function (box) { return box.checked; }).length;
    var line = bar.querySelector("[data-count]");
    line.textContent = line.dataset.count.replace("{n}", chosen);
    line.hidden = false;
    bar.querySelector("[data-select-page]").hidden = false;
    bar.querySelectorAll("[data-act]").forEach(function (button) {
      button.textContent = button.dataset.act.replace("{n}", chosen);
      button.disabled = chosen === 0;
    });
    return line.textContent;
  }
  function countAll() { document.querySelectorAll("[data-bulk]").forEach(count); }
  document.addEventListener("change", function (event) {
    if (event.target.name !== "row") return;
    document.querySelectorAll("[data-bulk]").forEach(function (bar) { say(count(bar)); });
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-select-page]");
    if (!button) return;
    var bar = button.closest("[data-bulk]"), all = boxes(bar);
    var every = all.every(function (box) { return box.checked; });
    all.forEach(function (box) { box.checked = !every; });
    say(count(bar));
  });
  addEventListener("pageshow", countAll);
  countAll();

  // htmx: token, busy part, focus and voice after a swap, failures.
  document.addEventListener("htmx:config:request", function (event) {
    var request = event.detail.ctx.request;
    if (request.method !== "GET") request.headers["X-CSRFToken"] = token();
  });
  // A search that looks on by itself: nobody asked for anything just now.
  function looksOn(event) {
    var source = event.detail.ctx.sourceElement;
    return Boolean(source && source.id === "look");
  }
  document.addEventListener("htmx:before:request", function (event) {
    if (!looksOn(event)) trouble("");
    mark(event, "true");
  });
  document.addEventListener("htmx:finally:request", function (event) {
    mark(event, "false");
    countAll();
  });
  function mark(event, busy) {
    var target = event.detail.ctx.target;
    if (target && target.setAttribute) target.setAttribute("aria-busy", busy);
  }
  document.addEventListener("htmx:after:swap", function (event) {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    var source = event.detail.ctx.sourceElement;
    var typing = source && source.matches && source.matches("form[role=search]");
    if (!typing && !looksOn(event)) focus(byId("error-summary") || document.querySelector("[data-focus]"));
    var spoken = document.querySelector("[data-say]");
    if (spoken) { say(spoken.dataset.say); spoken.removeAttribute("data-say"); }
    document.querySelectorAll("[data-focus]").forEach(function (element) { element.removeAttribute("data-focus"); });
  });
  document.addEventListener("htmx:response:error", function (event) {
    if (event.detail.ctx.response.status >= 500) trouble(body.dataset.failed, true);
  });
  document.addEventListener("htmx:error", function () {
    trouble(navigator.onLine === false ? body.dataset.offline : body.dataset.failed, true);
  });
  document.addEventListener("hq:say", function (event) { say(event.detail.value || event.detail); });
  document.addEventListener("hq:focus", function (event) { focus(byId(event.detail.value || event.detail)); });
})();
