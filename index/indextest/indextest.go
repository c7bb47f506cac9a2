// Package indextest holds the tests that every index.Index passes.
package indextest

import (
	"testing"

	"github.com/convnetplayground/convnet/index"
)

// Run tests the contract of index.Index on what open returns: a fresh, empty
// index for vectors of dim values under the metric m. Run closes it.
func Run(t *testing.T, open func(t *testing.T, m index.Metric, dim int) index.Index) {
}
