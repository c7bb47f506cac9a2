package graph

import (
	"context"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// CompileFor is Compile with the kernels of one level.
func (n *Network) CompileFor(ctx context.Context, set *kernel.Set, batch int, taps ...Tap) (*Plan, error) {
	return n.compile(ctx, set, batch, taps, false)
}

// CompileGradientFor is CompileGradient with the kernels of one level.
func (n *Network) CompileGradientFor(ctx context.Context, set *kernel.Set, batch int, taps ...Tap) (*Plan, error) {
	return n.compile(ctx, set, batch, taps, true)
}

// Arena is the number of values that a Session of the plan holds.
func (p *Plan) Arena() int { return p.arena }

// Steps is the number of steps, to see what was fused.
func (p *Plan) Steps() int { return len(p.steps) }
