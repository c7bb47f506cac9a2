/** What the pictures are, in words, with references. */
export function Explanations() {
  return (
    <section className="explained" id="explained" aria-labelledby="explained-title">
      <h2 id="explained-title">How to read these pictures</h2>
      <div className="explained__columns">
        <article>
          <h3>What they show</h3>
          <p>
            A convolutional network is a stack of <strong>layers</strong>. Each layer turns the maps of the one before
            into maps of its own, one for each of its <strong>channels</strong>. A channel answers strongly wherever its
            pattern is: an edge in one direction, a texture of fur, something round like an eye.
          </p>
          <p>
            The picture shows one thing that a channel answers to as strongly as can be. Shallow layers like lines and
            colours. In the middle come textures and parts. The deepest layers like whole things, often many at once.
          </p>
        </article>
        <article>
          <h3>How they are made</h3>
          <p>
            No photo is looked up. The picture begins as faint noise. At every step the network says how each pixel
            would have to change for the channel to answer more, and the picture takes a small step that way: the
            training of a network turned round, with the weights still and the picture moving.
          </p>
          <p>
            Left alone, this ends in a fine noise that means nothing to us. So the picture is written in waves and in
            colours that do not depend on each other, and it is shifted, turned and scaled a little before every step:
            only what survives all that remains.
          </p>
        </article>
        <article>
          <h3>What they do not mean</h3>
          <p>
            It is <strong>one</strong> picture out of many that would do as well. Render it again with a new seed, or
            let several differ: what they share belongs to the channel, the rest is chance.
          </p>
          <p>
            It is an extreme that no photo reaches. Many channels answer to several unrelated things, and a name that
            fits the picture is our guess, not knowledge of the network. Nor does it say how much the channel matters
            for a decision.
          </p>
        </article>
      </div>
      <h3>Words and further reading</h3>
      <dl className="explained__terms">
        <div><dt>Mean activation</dt><dd>how strongly the channel answers, averaged over the picture; its scale differs from channel to channel</dd></div>
        <div><dt>Seed</dt><dd>which noise the picture begins with; the same seed gives the same picture</dd></div>
        <div><dt>Negative</dt><dd>the opposite: what the channel answers to least</dd></div>
        <div><dt>Blend</dt><dd>two channels at once, to see how they combine</dd></div>
        <div><dt>Dead</dt><dd>a channel that answers to nothing: no change of the picture moves it</dd></div>
      </dl>
      <ul className="explained__references">
        <li>
          C. Olah, A. Mordvintsev, L. Schubert:{' '}
          <a className="cds--link" href="https://distill.pub/2017/feature-visualization/" rel="noreferrer">Feature Visualization</a>, Distill, 2017.
          The method of this page.
        </li>
        <li>
          A. Mordvintsev, C. Olah, M. Tyka:{' '}
          <a className="cds--link" href="https://research.google/blog/inceptionism-going-deeper-into-neural-networks/" rel="noreferrer">Inceptionism: Going Deeper into Neural Networks</a>, 2015.
          Where whole layers are excited: DeepDream.
        </li>
        <li>
          D. Erhan, Y. Bengio, A. Courville, P. Vincent: Visualizing Higher-Layer Features of a Deep Network, University of
          Montreal, 2009. The idea.
        </li>
      </ul>
    </section>
  );
}
