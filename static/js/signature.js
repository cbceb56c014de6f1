/* Drawn signature: strokes on a canvas, sent as a PNG data address in the hidden field. */
(function () {
  "use strict";
  var frame = document.querySelector("[data-signature]");
  if (!frame || !window.SignaturePad) return;
  var canvas = frame.querySelector("canvas");
  var form = frame.closest("form");
  var image = form.elements[frame.dataset.signature];
  var clear = form.querySelector("[data-signature-clear]");
  var pad = new window.SignaturePad(canvas, { penColor: "#13272e", minWidth: 1.2, maxWidth: 3.2 });

  // The canvas has as many points as the screen; strokes survive a turn of the phone.
  function fit() {
    var ratio = Math.max(window.devicePixelRatio || 1, 1);
    if (!canvas.offsetWidth) return;
    var strokes = pad.toData();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    if (strokes.length) pad.fromData(strokes);
    else if (image.value) pad.fromDataURL(image.value, { ratio: 1, width: canvas.offsetWidth, height: canvas.offsetHeight });
  }
  if (window.ResizeObserver) new ResizeObserver(fit).observe(canvas);
  else addEventListener("resize", fit);
  fit();

  function keep() { image.value = pad.isEmpty() ? "" : pad.toDataURL("image/png"); }
  pad.addEventListener("endStroke", keep);
  clear.hidden = false;
  clear.addEventListener("click", function () { pad.clear(); image.value = ""; frame.focus(); });
  form.addEventListener("submit", function () { if (!pad.isEmpty()) keep(); });
})();
