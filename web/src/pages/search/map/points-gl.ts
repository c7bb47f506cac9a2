import { dimmed, filtered, full, type Look, type Moment, type Points } from './look';
import { coloursOf, drawMark, fills, reach, shapes, type Theme } from './marks';
import type { Motion } from './motion';

const vertex = `#version 300 es
in vec2 from, to;
in vec3 look; // glyph, colour, how much it is seen
uniform vec2 scale, shift; // to clip space
uniform float share, side;
uniform int pass;
uniform vec3 colours[10];
out vec3 colour;
out float strength;
flat out float glyph;

void main() {
  int seen = int(look.z + 0.5);
  vec2 place = mix(from, to, share) * scale + shift;
  // What is less seen lies below, so it is drawn first.
  gl_Position = seen == pass ? vec4(place, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = seen == 0 ? side * 0.6 : side;
  glyph = seen == 0 ? 0.0 : look.x;
  colour = colours[seen == 0 ? 9 : int(look.y + 0.5)];
  strength = seen == 1 ? 0.25 : 1.0;
}`;

const fragment = `#version 300 es
precision mediump float;
uniform sampler2D glyphs;
uniform float count;
uniform vec3 paper;
in vec3 colour;
in float strength;
flat in float glyph;
out vec4 result;

void main() {
  vec2 sheet = texture(glyphs, vec2((glyph + gl_PointCoord.x) / count, gl_PointCoord.y)).rg;
  float cover = max(sheet.r, sheet.g * 0.85) * strength;
  result = vec4(mix(paper, colour, sheet.r) * cover, cover);
}`;

const glyphSide = 64;
const glyphRadius = glyphSide / (2 * (reach + 0.35));

/**
 * Points as WebGL draws them: where they come from, where they go to and how
 * they look lie in the graphics memory, so that a frame sends a few numbers only.
 */
export class GLPoints implements Points {
  readonly kind = 'webgl';
  readonly canvas: HTMLCanvasElement;
  private readonly gl: WebGL2RenderingContext;
  private readonly program: WebGLProgram;
  private readonly buffers: { from: WebGLBuffer; to: WebGLBuffer; look: WebGLBuffer };
  private count = 0;
  private dressed = 0;
  /** How much points are seen, without what none of them is. */
  private passes: number[] = [];

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, program: WebGLProgram) {
    this.canvas = canvas;
    this.gl = gl;
    this.program = program;
    this.buffers = { from: gl.createBuffer(), to: gl.createBuffer(), look: gl.createBuffer() };
    gl.useProgram(program);
    this.attribute('from', this.buffers.from, 2, gl.FLOAT);
    this.attribute('to', this.buffers.to, 2, gl.FLOAT);
    this.attribute('look', this.buffers.look, 3, gl.UNSIGNED_BYTE);
    gl.uniform1f(this.uniform('count'), shapes.length * fills);
    uploadGlyphs(gl);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** null where the context is of no use. */
  static open(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext): GLPoints | null {
    const program = link(gl);
    return program && new GLPoints(canvas, gl, program);
  }

  move({ from, places }: Motion): void {
    this.fill(this.buffers.from, interleaved(from.x, from.y));
    this.fill(this.buffers.to, interleaved(places.x, places.y));
    this.count = places.images.length;
  }

  dress({ glyph, colour, seen }: Look): void {
    const bytes = new Uint8Array(3 * glyph.length);
    for (let i = 0; i < glyph.length; i++) bytes.set([glyph[i] ?? 0, colour[i] ?? 0, seen[i] ?? 0], 3 * i);
    this.fill(this.buffers.look, bytes);
    this.dressed = glyph.length;
    this.passes = [filtered, dimmed, full].filter((pass) => seen.includes(pass));
  }

  draw({ size, ratio, projection, share, radius, theme }: Moment): void {
    const { gl, canvas } = this;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (width === 0 || height === 0) return;
    gl.uniform2f(this.uniform('scale'), (2 * projection.scale) / size.width, (2 * projection.scale) / size.height);
    gl.uniform2f(this.uniform('shift'), (2 * projection.screenX(0)) / size.width - 1, 1 - (2 * projection.screenY(0)) / size.height);
    gl.uniform1f(this.uniform('share'), share);
    gl.uniform1f(this.uniform('side'), (radius * ratio * glyphSide) / glyphRadius);
    gl.uniform3fv(this.uniform('colours'), coloursOf(theme).flatMap(rgb));
    gl.uniform3fv(this.uniform('paper'), rgb(theme.paper));
    for (const pass of this.passes) {
      gl.uniform1i(this.uniform('pass'), pass);
      gl.drawArrays(gl.POINTS, 0, Math.min(this.count, this.dressed));
    }
  }

  close(): void {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.canvas.remove();
  }

  private fill(buffer: WebGLBuffer, content: Float32Array | Uint8Array): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, content, this.gl.DYNAMIC_DRAW);
  }

  private attribute(name: string, buffer: WebGLBuffer, size: number, type: GLenum): void {
    const { gl } = this;
    const at = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, false, 0, 0);
  }

  private uniform(name: string): WebGLUniformLocation | null {
    return this.gl.getUniformLocation(this.program, name);
  }
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null;
}

/** All marks side by side: red where a mark is, green where its halo is. */
function uploadGlyphs(gl: WebGL2RenderingContext): void {
  const sheet = document.createElement('canvas');
  sheet.width = glyphSide * shapes.length * fills;
  sheet.height = glyphSide;
  const context = sheet.getContext('2d');
  if (!context) return;
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = '#f00';
  context.strokeStyle = '#0f0';
  for (let fill = 0; fill < fills; fill++) {
    for (let shape = 0; shape < shapes.length; shape++) {
      const cell = shape + fill * shapes.length;
      drawMark(context, { shape, fill }, (cell + 0.5) * glyphSide, glyphSide / 2, glyphRadius);
    }
  }
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, sheet);
  gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
}

function interleaved(x: Float32Array, y: Float32Array): Float32Array {
  const both = new Float32Array(2 * x.length);
  for (let i = 0; i < x.length; i++) {
    both[2 * i] = x[i] ?? 0;
    both[2 * i + 1] = y[i] ?? 0;
  }
  return both;
}

/** The red, green and blue of #rrggbb or #rgb, 0 … 1. */
function rgb(colour: Theme['paper']): number[] {
  const digits = (colour.length - 1) / 3;
  return [0, 1, 2].map((i) => {
    const part = colour.slice(1 + i * digits, 1 + (i + 1) * digits);
    return Number.parseInt(part, 16) / (16 ** digits - 1);
  });
}
