/* Numbers that a page carries as seven bits a byte, the lowest first; see coded/small_numbers.py. */
var mapNumbers = (function () {
  "use strict";

  function reader(text) {
    var bytes = atob(text), at = 0;
    function number() {
      var value = 0, scale = 1, byte;
      do {
        byte = bytes.charCodeAt(at);
        at += 1;
        value += (byte & 127) * scale;
        scale *= 128;
      } while (byte > 127);
      return value;
    }
    return {
      number: number,
      signed: function () {
        var value = number();
        return value % 2 ? -(value + 1) / 2 : value / 2;
      }
    };
  }

  return { reader: reader };
}());
