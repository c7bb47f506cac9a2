package fetch

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/convnetplayground/convnet/internal/disk"
)

// Files beside the destination.
const (
	partialSuffix = ".partial"
	stateSuffix   = ".partial.json"
	lockSuffix    = ".lock"
)

const (
	stateFormat  = "convnet-download"
	stateVersion = 1
	maxState     = 64 << 10 // bytes
)

// state says what a partial file is the beginning of.
type state struct {
	Format       string `json:"format"`
	Version      int    `json:"version"`
	URL          string `json:"url"`
	ETag         string `json:"etag,omitempty"`          // a strong one
	LastModified string `json:"last_modified,omitempty"` // one that is as good
	Size         int64  `json:"size"`                    // of the whole file, -1 while not known
}

// unknown is the state of a file of which nothing is known.
var unknown = state{Size: -1}

// parseState reads what restart wrote. Anything else is unknown.
func parseState(text []byte) state {
	var s state
	if json.Unmarshal(text, &s) != nil || s.Format != stateFormat || s.Version != stateVersion || s.Size < -1 {
		return unknown
	}
	s.ETag = strongTag(s.ETag)
	s.LastModified = httpDate(s.LastModified)
	return s
}

// partial is a file on its way to dest. Its lock keeps others away from it.
type partial struct {
	dest  string
	lock  *disk.Lock
	file  *os.File // nil once installed
	size  int64    // bytes that are there
	state state
}

func openPartial(dest string) (*partial, error) {
	if info, err := os.Stat(dest); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is there already and not a regular file", dest)
	}
	lock, err := disk.Acquire(dest + lockSuffix)
	if err != nil {
		return nil, disk.Explain(err)
	}
	p := &partial{dest: dest, lock: lock, state: unknown}
	if err := p.open(); err != nil {
		p.close()
		return nil, disk.Explain(err)
	}
	return p, nil
}

func (p *partial) open() error {
	var err error
	if p.file, err = os.OpenFile(p.dest+partialSuffix, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	info, err := p.file.Stat()
	if err != nil {
		return err
	}
	p.size = info.Size()
	// Without a state that can be read, the download starts anew.
	if f, err := os.Open(p.dest + stateSuffix); err == nil {
		defer f.Close()
		if text, err := io.ReadAll(io.LimitReader(f, maxState)); err == nil {
			p.state = parseState(text)
		}
	}
	return nil
}

// continues reports whether what is there can become the file of r at address.
func (p *partial) continues(address string, r Request) bool {
	s := p.state
	if s.URL != address || s.Size >= 0 && p.size > s.Size {
		return false
	}
	return max(p.size, s.Size) <= r.MaxSize
}

// comparable reports whether it can be told that the beginning and the rest
// belong together: by the server, or by the hash in the end.
func (p *partial) comparable(r Request) bool {
	return p.state.ETag != "" || p.state.LastModified != "" || r.checked()
}

func (p *partial) whole() bool { return p.size == p.state.Size }

// clear leaves nothing of the file. The state goes first: one that is there
// must be that of the bytes that are there, whenever the program is killed.
func (p *partial) clear() error {
	if err := os.Remove(p.dest + stateSuffix); err != nil && !errors.Is(err, os.ErrNotExist) {
		return disk.Explain(err)
	}
	if err := p.file.Truncate(0); err != nil {
		return disk.Explain(err)
	}
	p.size, p.state = 0, unknown
	return nil
}

// restart makes the file the empty beginning of s.
func (p *partial) restart(s state) error {
	if err := p.clear(); err != nil {
		return err
	}
	s.Format, s.Version = stateFormat, stateVersion
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.dest+stateSuffix, append(text, '\n'), 0o600); err != nil {
		return disk.Explain(err)
	}
	p.state = s
	return nil
}

// fill appends all of from. Errors of reading it are returned as they are.
func (p *partial) fill(ctx context.Context, from io.Reader, r Request) error {
	buffer := make([]byte, 256<<10)
	for {
		n, err := from.Read(buffer)
		if size := p.size + int64(n); size > r.MaxSize {
			return errors.Join(tooLarge(size, r.MaxSize), p.clear())
		}
		written, writeErr := p.file.WriteAt(buffer[:n], p.size)
		p.size += int64(written)
		r.Progress(p.size, max(p.state.Size, 0))
		switch {
		case writeErr != nil:
			return disk.Explain(writeErr)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// install checks the whole file and gives it its name.
func (p *partial) install(ctx context.Context, r Request) (Result, error) {
	sum, err := p.check(ctx, r)
	if err != nil {
		return Result{}, err
	}
	err = errors.Join(p.file.Sync(), p.file.Close())
	p.file = nil
	if err == nil {
		err = os.Rename(p.dest+partialSuffix, p.dest)
	}
	if err != nil {
		return Result{}, disk.Explain(err)
	}
	// A state without its file says nothing: one that stays does no harm.
	os.Remove(p.dest + stateSuffix)
	disk.SyncFolder(filepath.Dir(p.dest))
	return Result{SHA256: sum, Size: p.size}, nil
}

// check returns the SHA-256 of the file. A file with a wrong hash is cleared.
func (p *partial) check(ctx context.Context, r Request) (string, error) {
	sha, md := sha256.New(), md5.New()
	hashes := []io.Writer{sha}
	if r.MD5 != "" {
		hashes = append(hashes, md)
	}
	content := &cancelled{ctx, io.NewSectionReader(p.file, 0, p.size)}
	if _, err := io.CopyBuffer(io.MultiWriter(hashes...), content, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(sha.Sum(nil))
	if r.SHA256 != "" && !strings.EqualFold(sum, r.SHA256) {
		return "", errors.Join(wrongSum("SHA-256", sum, r.SHA256), p.clear())
	}
	if sum := hex.EncodeToString(md.Sum(nil)); r.MD5 != "" && !strings.EqualFold(sum, r.MD5) {
		return "", errors.Join(wrongSum("MD5", sum, r.MD5), p.clear())
	}
	return sum, nil
}

func wrongSum(name, got, want string) error {
	return fmt.Errorf("%w: its %s is %s, expected %s; it was damaged on its way or is another file, and is not kept",
		ErrChecksum, name, got, strings.ToLower(want))
}

// close lets others have the file. What is there of it stays for them.
func (p *partial) close() {
	if p.file != nil {
		p.file.Close()
		if p.size == 0 {
			os.Remove(p.dest + partialSuffix)
			os.Remove(p.dest + stateSuffix)
		}
	}
	p.lock.Release()
}

// cancelled is a reader that ends with its context.
type cancelled struct {
	ctx context.Context
	io.Reader
}

func (c *cancelled) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(b)
}
