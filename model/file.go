package model

import (
	"context"
	"errors"
	"io"
	"os"
)

// writeFile writes a new file that is on the disk when it returns.
func writeFile(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// copyFile copies a file into a new one that is on the disk when it returns.
func copyFile(ctx context.Context, to, from string, progress func(done, total int64)) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	const piece = 8 << 20
	for done := int64(0); done < info.Size(); {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		n, err := io.CopyN(out, in, min(piece, info.Size()-done))
		if err != nil {
			return err
		}
		if done += n; progress != nil {
			progress(done, info.Size())
		}
	}
	return out.Sync()
}
