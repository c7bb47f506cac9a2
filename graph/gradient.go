package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/convnetplayground/convnet/tensor"
)

// Upstream is where the caller writes the gradient of the objective with
// respect to the i-th tap, of the shape of Tap(i), before Backward. It holds
// zeros at first and keeps what is written there. The Plan must be one of
// CompileGradient.
func (s *Session) Upstream(i int) tensor.Tensor { return s.tensor(s.plan.back.upstream[i]) }

// Backward takes the gradient from Upstream to the input, through what the
// last Run computed. It may be called several times after one Run, say with
// other values in Upstream. The first of the rules that replaces an operation
// has it.
func (s *Session) Backward(ctx context.Context, rules ...Rule) error {
	if s.plan.back == nil {
		return errors.New("backward pass: the plan was not compiled for gradients")
	}
	if !s.complete {
		return errors.New("backward pass: no forward pass before it")
	}
	for i := range s.operations {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("backward pass: %w", context.Cause(ctx))
		}
		if s.replaced(&s.operations[i], rules) {
			continue
		}
		for _, step := range s.plan.back.passages[i].steps {
			s.do(step)
		}
	}
	return nil
}

// replaced has the first rule for an operation compute its gradient.
func (s *Session) replaced(o *Operation, rules []Rule) bool {
	if o.Node == nil {
		return false
	}
	for _, rule := range rules {
		if rule.Replaces(o) {
			s.rule, s.operation = rule, o
			s.pool.do(s.plan.batch, s.picture)
			s.rule, s.operation = nil, nil
			return true
		}
	}
	return false
}

// InputGradient is what Backward left: the gradient of the objective with
// respect to the input, [batch, height, width, channels]. It is a view, valid
// until the next Run or Backward.
func (s *Session) InputGradient() tensor.Tensor { return s.tensor(s.plan.back.input) }

// prepareBackward makes what Backward needs.
func (s *Session) prepareBackward() {
	s.operations = make([]Operation, len(s.plan.back.passages))
	for i, p := range s.plan.back.passages {
		o := Operation{Node: p.node, Activation: p.activation, Upstream: s.tensor(p.upstream)}
		for _, b := range p.inputs {
			o.Inputs = append(o.Inputs, s.kept(b))
		}
		for _, b := range p.gradients {
			o.Gradients = append(o.Gradients, s.tensor(b))
		}
		o.Output = s.kept(p.output)
		s.operations[i] = o
	}
	s.picture = func(_, task int) { s.rule.Gradient(s.operation, task) }
}

// kept is the tensor of a buffer, empty where there is none.
func (s *Session) kept(b *buffer) tensor.Tensor {
	if b == nil {
		return tensor.Tensor{}
	}
	return s.tensor(b)
}
