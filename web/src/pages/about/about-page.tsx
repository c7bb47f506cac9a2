import { Link } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { exported } from '../../api/site';
import { writeView, defaults, type Panel } from '../../state/view';
import '../../styles/about.scss';
import { Licences } from './licences';
import { Machine, Version } from './machine';
import { References } from './references';

/** About: what this is, what it can answer, where its limits are, and what it stands on. */
export function AboutPage() {
  useEffect(() => { document.title = 'About · ConvNet Playground'; }, []);
  return (
    <div className="about">
      <div className="intro">
        <h1>About ConvNet Playground</h1>
        <p>A program to see what convolutional networks see: it runs them on this machine, with pictures that are here.</p>
      </div>
      <div className="about__columns">
        <div className="about__text">
          <Networks />
          <Questions />
          <Limits />
          <section>
            <h2>Does it run live?</h2>
            {exported ? <Exported /> : <Live />}
          </section>
          <section>
            <h2>How to cite it, and whom to thank</h2>
            <p>Please cite <cite>ConvNet Playground, version <Version />, the ConvNet Playground developers, 2026</cite>.</p>
            <p>
              The idea, the search score and the choice of layers are those
              of <a className="cds--link" href="https://github.com/fastforwardlabs/convnetplayground" rel="noreferrer">ConvNet Playground</a> (2019)
              by Victor Dibia and Cloudera Fast Forward Labs, made for their report on deep learning for image analysis. None
              of its code is used. Networks and weights are the work of those who published them; the built-in pictures, of
              Bill Kendrick and the contributors of Tux Paint. The page is set in IBM Plex and built with Carbon.
            </p>
          </section>
        </div>
        <aside className="about__side" aria-label="This program">
          <Machine />
        </aside>
      </div>
      <Licences />
      <References />
    </div>
  );
}

function Live() {
  return (
    <p>
      Yes. Every search, map, comparison and rendering is computed by the program that serves this page, when you ask
      for it. What took long is kept, so that it is there at once the next time: the embeddings of a set, maps, and
      rendered channels. Nothing is sent anywhere else, and pictures that you upload stay on that machine.
      The <a className="cds--link" href="/docs">API</a> does all that the page does.
    </p>
  );
}

function Exported() {
  return (
    <p>
      Not here: this is an exported copy, whose answers were computed beforehand. The program itself computes them when you
      ask, with any pictures: <code>convnet serve</code>.
    </p>
  );
}

function Networks() {
  return (
    <section>
      <h2>What are convolutional networks?</h2>
      <p>
        A convolutional neural network (CNN, or ConvNet) is a function with millions of numbers in it that were found by
        training. It takes a picture and passes it through many layers. Each layer slides small windows over the maps of the
        one before and writes down, place by place, how well they fit. Trained to name what a photograph shows, the early
        layers come to answer to edges and colours, later ones to textures and parts, the last to whole things.
      </p>
      <p>
        What a layer answers can be used for more than names. As a list of numbers it is an <em>embedding</em>: pictures with
        near embeddings look alike to that layer. This is why a network that never saw your pictures can still sort them. A
        thorough introduction are
        the <a className="cds--link" href="https://cs231n.github.io/convolutional-networks/" rel="noreferrer">notes of Stanford’s CS231n</a>.
      </p>
    </section>
  );
}

function Questions() {
  return (
    <section>
      <h2>What can I ask here?</h2>
      <dl>
        <Question title="How well does a network search that was trained for something else?">
          <Link to="/" className="cds--link">Click pictures</Link> and watch the search score. Do it with a set of your own too.
        </Question>
        <Question title="Which model, which layer, for this picture?">
          <Advanced open="compare">Compare all layers</Advanced> of all models by one picture, on one scale, or set two of them
          side by side and see what one finds and the other does not.
        </Question>
        <Question title="And for a whole set?">
          <Advanced open="scores">Score every picture</Advanced> as the query once: means with their uncertainty, and precision,
          average precision and nDCG beside them.
        </Question>
        <Question title="How does a layer arrange a set?">
          <Advanced open="map">Look at its map</Advanced>: each picture a point, near where embeddings are near. Move from layer
          to layer and see categories come apart.
        </Question>
        <Question title="What does a layer look for?">
          <Link to="/explore" className="cds--link">Explore its channels</Link>: the picture that excites one most, rendered
          while you look on, and the real pictures that do.
        </Question>
      </dl>
    </section>
  );
}

function Question({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A link to the advanced page with a panel open. */
function Advanced({ open, children }: { open: Panel; children: string }) {
  return <Link to="/" search={writeView({ ...defaults, advanced: true, open: [open] })} className="cds--link">{children}</Link>;
}

function Limits() {
  return (
    <section>
      <h2>What are its limits?</h2>
      <ul>
        <li>
          <strong>Size.</strong> A search compares the query with every picture, exactly. That takes milliseconds for tens of
          thousands of pictures; millions would need an approximate index.
        </li>
        <li>
          <strong>Several things in one picture.</strong> A network looks at the whole and mixes them. Cut out what you mean,
          and search with that.
        </li>
        <li>
          <strong>Accuracy.</strong> The networks know what ImageNet taught them: photographs from the web, a thousand kinds
          of things. X-rays, drawings, satellite pictures, or whatever else was not among them, are told apart less well, and
          its prejudices come along. A few hundred pictures say little about what will happen with others.
        </li>
        <li>
          <strong>Scores.</strong> They count what somebody filed under the same name, not what you would call alike.
        </li>
      </ul>
      <p>
        What helps beyond this: training the last layers on pictures of your own (weights can be imported), searching in two
        steps, first for the region and then for what is in it, and adding what else is known, such as words or dates.
      </p>
    </section>
  );
}
