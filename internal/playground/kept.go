package playground

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/convnetplayground/convnet/internal/store"
)

// recipe is all that a result depends on: numbers and strings. Equal recipes,
// equal results.
type recipe[T any] struct{ of T }

func (r recipe[T]) String() string {
	text, err := json.Marshal(r.of)
	if err != nil {
		panic(fmt.Sprintf("playground: a recipe of numbers and strings: %v", err))
	}
	return string(text)
}

func (r recipe[T]) hash() string {
	sum := sha256.Sum256([]byte(r.String()))
	return hex.EncodeToString(sum[:])
}

// kept returns what is kept of a recipe; false where that is nothing.
func (r recipe[T]) kept(ctx context.Context, s *store.Store) ([]byte, bool, error) {
	result, err := s.Result(ctx, r.hash())
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	return result.Content, err == nil, explain("cannot read what is kept", err)
}

func (r recipe[T]) keep(ctx context.Context, s *store.Store, dataset string, content []byte) error {
	err := s.AddResult(ctx, store.Result{Hash: r.hash(), Dataset: dataset, Recipe: r.String(), Content: content})
	return explain("cannot keep the result", err)
}
