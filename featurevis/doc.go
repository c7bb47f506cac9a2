// Package featurevis draws what a part of a network responds to: it starts
// from noise and climbs, step by step, along the gradient of an objective with
// respect to the picture.
//
// It follows Olah, Mordvintsev and Schubert, Feature Visualization (2017,
// https://distill.pub/2017/feature-visualization/) and Lucid, the program they
// wrote for it: the picture is parametrised by its Fourier coefficients, in
// decorrelated colours, the network looks at it a little moved at each step,
// and Adam climbs.
package featurevis
