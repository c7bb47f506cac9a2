interface Reference {
  who: string;
  what: string;
  where: string;
  address: string;
  why: string;
}

const references: Reference[] = [
  {
    who: 'Cloudera Fast Forward Labs', what: 'Deep Learning for Image Analysis', where: 'Report FF03, 2019 edition',
    address: 'https://blog.fastforwardlabs.com/2019/07/22/new-research-deep-learning-for-image-analysis.html',
    why: 'The report that the first ConvNet Playground belongs to.',
  },
  {
    who: 'C. Olah, A. Mordvintsev, L. Schubert', what: 'Feature Visualization', where: 'Distill, 2017',
    address: 'https://distill.pub/2017/feature-visualization/',
    why: 'How channels are rendered.',
  },
  {
    who: 'The Lucid authors', what: 'Lucid', where: '2018',
    address: 'https://github.com/tensorflow/lucid',
    why: 'The settings of that method, as its authors used them.',
  },
  {
    who: 'L. McInnes, J. Healy, J. Melville', what: 'UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction', where: '2018',
    address: 'https://arxiv.org/abs/1802.03426',
    why: 'How maps are drawn.',
  },
  {
    who: 'R. R. Selvaraju, M. Cogswell, A. Das, R. Vedantam, D. Parikh, D. Batra', what: 'Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization', where: 'ICCV, 2017',
    address: 'https://arxiv.org/abs/1610.02391',
    why: 'Which parts of a picture a decision rests on.',
  },
  {
    who: 'M. Tan, Q. V. Le', what: 'EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks', where: 'ICML, 2019',
    address: 'https://arxiv.org/abs/1905.11946',
    why: 'The family of the built-in networks.',
  },
  {
    who: 'Google', what: 'EfficientNet-Lite', where: '2020',
    address: 'https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite',
    why: 'The built-in networks and their training.',
  },
  {
    who: 'F. Chollet and others', what: 'Keras Applications', where: 'since 2015',
    address: 'https://keras.io/api/applications/',
    why: 'The other networks, the names of their layers, and their weights.',
  },
  {
    who: 'O. Russakovsky and others', what: 'ImageNet Large Scale Visual Recognition Challenge', where: 'IJCV, 2015',
    address: 'https://arxiv.org/abs/1409.0575',
    why: 'What the networks were trained on.',
  },
  {
    who: 'K. Järvelin, J. Kekäläinen', what: 'Cumulated Gain-Based Evaluation of IR Techniques', where: 'ACM TOIS, 2002',
    address: 'https://doi.org/10.1145/582415.582418',
    why: 'nDCG.',
  },
];

/** What the program stands on. */
export function References() {
  return (
    <section className="about__references" aria-labelledby="references">
      <h2 id="references">References</h2>
      <ul>
        {references.map(({ who, what, where, address, why }) => (
          <li key={address}>
            {who}: <a className="cds--link" href={address} rel="noreferrer">{what}</a>, {where}. <span>{why}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
