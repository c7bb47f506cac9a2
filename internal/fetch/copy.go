package fetch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Copy makes Dest of a file on this machine, as Get does of one elsewhere: it
// is whole and has the expected hash, or there is an error and nothing changed.
// A copy that is cut short starts anew the next time.
func Copy(ctx context.Context, r Request) (Result, error) {
	result, err := copyFile(ctx, r.withDefaults())
	if err != nil {
		return Result{}, fmt.Errorf("copy %s: %w", r.Source, err)
	}
	return result, nil
}

func copyFile(ctx context.Context, r Request) (Result, error) {
	if err := r.checkSums(); err != nil {
		return Result{}, err
	}
	// Opening a named pipe would wait for its other end.
	info, err := os.Stat(r.Source)
	if err != nil {
		return Result{}, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return Result{}, errors.New("not a regular file")
	}
	if info.Size() > r.MaxSize {
		return Result{}, tooLarge(info.Size(), r.MaxSize)
	}
	source, err := os.Open(r.Source)
	if err != nil {
		return Result{}, withoutPath(err)
	}
	defer source.Close()
	p, err := openPartial(r.Dest)
	if err != nil {
		return Result{}, err
	}
	defer p.close()
	if err := p.clear(); err != nil {
		return Result{}, err
	}
	p.state.Size = info.Size()
	if err := p.fill(ctx, source, r); err != nil {
		return Result{}, errors.Join(err, p.clear())
	}
	if !p.whole() {
		return Result{}, errors.Join(errors.New("changed while it was copied"), p.clear())
	}
	return p.install(ctx, r)
}

// withoutPath is the reason in an error that would name a path a second time.
func withoutPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
