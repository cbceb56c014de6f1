/* Drawn signature: strokes on a canvas, sent as a PNG data address in one hidden field and as numbers in another. */
(function () {
  "use strict";
  var MOST_POINTS = 8000;  // the server's bound
  var frame = document.querySelector("[data-signature]");
  if (!frame || !window.SignaturePad) return;
  frame.closest("[data-signature-box]").hidden = false;
  var canvas = frame.querySelector("canvas");
  var form = frame.closest("form");
  var image = form.elements[frame.dataset.signature];
  var lines = form.elements[frame.dataset.strokes];
  var clear = form.querySelector("[data-signature-clear]");
  var pad = new window.SignaturePad(canvas, { penColor: "#13272e", minWidth: 1.2, maxWidth: 3.2 });

  // The canvas has as many points as the screen; strokes survive a turn of the phone, and a page that came back.
  function fit() {
    var ratio = Math.max(window.devicePixelRatio || 1, 1);
    if (!canvas.offsetWidth) return;
    var strokes = pad.toData();
    if (!strokes.length) strokes = sent();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    if (strokes.length) pad.fromData(strokes);
    else if (image.value) pad.fromDataURL(image.value, { ratio: 1, width: canvas.offsetWidth, height: canvas.offsetHeight });
  }

  function sent() {
    if (!image.value || !lines.value) return [];
    try {
      return JSON.parse(lines.value).strokes.map(function (stroke) {
        return { points: stroke.map(function (point) { return { x: point[0], y: point[1], time: point[2], pressure: 0.5 }; }) };
      });
    } catch (_error) { return []; }
  }

  function written() {
    var strokes = pad.toData();
    if (!strokes.length) return "";
    var count = strokes.reduce(function (sum, stroke) { return sum + stroke.points.length; }, 0);
    var every = Math.ceil(count / MOST_POINTS);
    var begun = strokes[0].points[0].time;
    function short(number) { return Math.round(number * 10) / 10; }
    return JSON.stringify({
      width: canvas.offsetWidth,
      height: canvas.offsetHeight,
      strokes: strokes.map(function (stroke) {
        return stroke.points
          .filter(function (_point, at) { return at % every === 0; })
          .map(function (point) { return [short(point.x), short(point.y), Math.max(0, Math.round(point.time - begun))]; });
      }),
    });
  }

  function keep() {
    image.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
    lines.value = pad.isEmpty() ? "" : written();
  }

  if (window.ResizeObserver) new ResizeObserver(fit).observe(canvas);
  else addEventListener("resize", fit);
  fit();

  pad.addEventListener("endStroke", keep);
  clear.hidden = false;
  clear.addEventListener("click", function () { pad.clear(); image.value = lines.value = ""; frame.focus(); });
  form.addEventListener("submit", function () { if (!pad.isEmpty()) keep(); });
})();
