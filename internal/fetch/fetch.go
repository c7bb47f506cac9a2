// Package fetch brings files from elsewhere: downloads that survive cut
// connections and killed programs, and copies of local files.
//
// A file stands under its name only once it is whole, has the hash that is
// expected of it, and is on disk. Until then it lies beside that name in a
// partial file, from which the next Get of the same address goes on;
// docs/formats/downloads.md describes it.
package fetch

import (
	"cmp"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/convnetplayground/convnet/internal/disk"
)

var (
	// ErrAddress means that the source is not an http or https address.
	ErrAddress = errors.New("not an http or https address")
	// ErrPrivate means that the address, or one that it leads to, lies in a
	// private network or on this machine, which the request does not allow.
	ErrPrivate = errors.New("the address is private")
	// ErrRedirect means that the server leads elsewhere too often, or from a
	// secure address to one that is not.
	ErrRedirect = errors.New("redirect not followed")
	// ErrRefused means that the server answers with a status that trying again
	// does not change: 404 Not Found, 403 Forbidden.
	ErrRefused = errors.New("refused by the server")
	// ErrUnavailable means that the server could not be reached or did not
	// deliver, however often it was tried. What has arrived is kept.
	ErrUnavailable = errors.New("not available")
	// ErrTooLarge means that the file exceeds Request.MaxSize.
	ErrTooLarge = errors.New("larger than allowed")
	// ErrChecksum means that the file has another hash than it must have.
	ErrChecksum = errors.New("wrong checksum")
	// ErrBusy means that the same file is being fetched already.
	ErrBusy = disk.ErrLocked
	// ErrDiskFull means that a write found no room. What has arrived is kept.
	ErrDiskFull = disk.ErrFull
)

// What a Request that does not say otherwise is given.
const (
	DefaultMaxSize = 4 << 30 // bytes
	DefaultStall   = 30 * time.Second
	DefaultTries   = 5
	DefaultPause   = 500 * time.Millisecond
)

// Request says what to bring, where to, and what it must be. Zero values stand
// for the defaults.
type Request struct {
	Source string // address for Get, path of a file for Copy
	Dest   string // path of the file to make or replace; its folder must exist

	SHA256, MD5 string // hexadecimal digits; an empty one is not checked
	MaxSize     int64  // bytes

	// Progress is told the bytes that are there, and how many there will be or
	// 0 while that is not known. It is called by the goroutine that called Get
	// or Copy. The bytes grow fewer where a download has to start anew.
	Progress func(done, total int64)

	// Private allows addresses of private networks and of this machine. It is
	// for addresses that the user of this machine typed in, never for those
	// that came over the network.
	Private bool
	Version string // of the program, for the User-Agent

	Stall time.Duration // without a byte, after which a try ends
	Tries int           // in a row without headway, after which Get gives up
	Pause time.Duration // before the second try, doubled before each further one
}

// Result describes the file that was made.
type Result struct {
	SHA256 string // 64 lower-case hexadecimal digits
	Size   int64  // bytes
}

// Get downloads the file at an http or https address. Proxies are those of the
// environment, as in http.ProxyFromEnvironment.
//
// What an earlier Get of the same address left, cut or killed, is not loaded
// again as long as the server has the file unchanged. A connection that breaks
// or stands still, and an answer that asks to come later (5xx, 429), is tried
// again from where it ended. On errors nothing is at Dest that was not there
// before; they wrap one of those above, the context's, or one of the file system.
func Get(ctx context.Context, r Request) (Result, error) {
	address, err := parseAddress(r.Source)
	if err != nil {
		return Result{}, err
	}
	result, err := get(ctx, r.withDefaults(), address.Redacted())
	if err != nil {
		return Result{}, fmt.Errorf("fetch %s: %w", label(address), err)
	}
	return result, nil
}

func get(ctx context.Context, r Request, address string) (Result, error) {
	if err := r.checkSums(); err != nil {
		return Result{}, err
	}
	p, err := openPartial(r.Dest)
	if err != nil {
		return Result{}, err
	}
	defer p.close()
	if !p.continues(address, r) {
		if err := p.clear(); err != nil {
			return Result{}, err
		}
	}
	client := newClient(r.Private)
	defer client.CloseIdleConnections()
	d := &download{Request: r, address: address, client: client, partial: p}
	if err := d.run(ctx); err != nil {
		return Result{}, err
	}
	return p.install(ctx, r)
}

func (r Request) withDefaults() Request {
	r.MaxSize = cmp.Or(r.MaxSize, DefaultMaxSize)
	r.Stall = cmp.Or(r.Stall, DefaultStall)
	r.Tries = cmp.Or(r.Tries, DefaultTries)
	r.Pause = cmp.Or(r.Pause, DefaultPause)
	r.Version = cmp.Or(r.Version, "dev")
	if r.Progress == nil {
		r.Progress = func(done, total int64) {}
	}
	return r
}

// checked reports whether the content has to have a known hash.
func (r Request) checked() bool { return r.SHA256 != "" || r.MD5 != "" }

func (r Request) checkSums() error {
	for _, sum := range []struct {
		name, digits string
		size         int
	}{{"SHA-256", r.SHA256, sha256.Size}, {"MD5", r.MD5, md5.Size}} {
		raw, err := hex.DecodeString(sum.digits)
		if sum.digits != "" && (err != nil || len(raw) != sum.size) {
			return fmt.Errorf("%s %.80q: not %d hexadecimal digits", sum.name, sum.digits, 2*sum.size)
		}
	}
	return nil
}

func tooLarge(size, limit int64) error {
	return fmt.Errorf("%w: %d bytes, the cap is %d", ErrTooLarge, size, limit)
}
