/** A rectangle as SVG has it, in hundredths of the square that a picture is fitted into. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Where a box of a picture lies in the square that the whole picture is fitted
 * into. The box is left, top, right and bottom as fractions of the picture,
 * aspect the picture's width by its height.
 */
export function fitted(box: readonly number[], aspect: number): Rectangle {
  const [left = 0, top = 0, right = 1, bottom = 1] = box;
  const [w, h] = aspect >= 1 ? [100, 100 / aspect] : [100 * aspect, 100];
  return {
    x: (100 - w) / 2 + left * w,
    y: (100 - h) / 2 + top * h,
    width: (right - left) * w,
    height: (bottom - top) * h,
  };
}
