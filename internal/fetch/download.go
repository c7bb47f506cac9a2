package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	// headway is how much farther a download must get for its tries to be
	// counted anew.
	headway = 1 << 20 // bytes
	// maxWait is the longest that a server is waited for between two tries.
	maxWait = 2 * time.Minute
)

// temporary is a failure that another try may not meet.
type temporary struct {
	err   error
	after time.Duration // that the server asks to wait
}

func (t *temporary) Error() string { return t.err.Error() }
func (t *temporary) Unwrap() error { return t.err }

// download is one Get at work.
type download struct {
	Request
	address string
	client  *http.Client
	partial *partial
	plain   bool // no ranges are asked for: the server answers them wrongly
}

// run tries until the partial file is whole.
func (d *download) run(ctx context.Context) error {
	tries, pause, farthest := 0, d.Pause, d.partial.size
	for !d.partial.whole() {
		err := d.try(ctx)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var t *temporary
		if !errors.As(err, &t) {
			return err
		}
		if d.partial.size >= farthest+headway {
			tries, pause, farthest = 0, d.Pause, d.partial.size
		}
		tries++
		if tries >= d.Tries || t.after > maxWait {
			return d.giveUp(t)
		}
		if err := sleep(ctx, max(pause, t.after)); err != nil {
			return err
		}
		pause = min(2*pause, maxWait)
	}
	return nil
}

// continues reports whether the next try asks for the rest only.
func (d *download) continues() bool {
	return d.partial.size > 0 && !d.plain && d.partial.comparable(d.Request)
}

func (d *download) giveUp(t *temporary) error {
	wait, from := "", ""
	if t.after > 0 {
		wait = fmt.Sprintf(" and asks to wait %v", t.after)
	}
	if d.continues() {
		from = fmt.Sprintf(", it goes on from byte %d", d.partial.size)
	}
	return fmt.Errorf("%w: %w%s; start again later%s", ErrUnavailable, t.err, wait, from)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// try asks the server once for what is missing. Without an error the partial
// file is whole.
func (d *download) try(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &watch{ctx: ctx, limit: d.Stall}
	w.timer = time.AfterFunc(d.Stall, func() {
		cancel(fmt.Errorf("no data for %v", d.Stall))
	})
	defer w.timer.Stop()
	response, err := d.ask(ctx)
	if err != nil {
		return w.explain(err)
	}
	defer response.Body.Close()
	if err := d.accept(response); err != nil || d.partial.whole() {
		return err
	}
	return d.receive(ctx, w.over(response.Body))
}

func (d *download) ask(ctx context.Context) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.Source, nil)
	if err != nil {
		return nil, err
	}
	h := request.Header
	h.Set("User-Agent", "convnet/"+d.Version)
	// Ranges and hashes are those of the file, not of one packed for the way.
	h.Set("Accept-Encoding", "identity")
	if p := d.partial; d.continues() {
		h.Set("Range", fmt.Sprintf("bytes=%d-", p.size))
		if p.state.ETag != "" {
			h.Set("If-Range", p.state.ETag)
		} else if p.state.LastModified != "" {
			h.Set("If-Range", p.state.LastModified)
		}
	}
	return d.client.Do(request)
}

// accept decides by the head of an answer where its body belongs.
func (d *download) accept(response *http.Response) error {
	ranged := response.Request.Header.Get("Range") != ""
	switch {
	case response.StatusCode == http.StatusOK:
		return d.acceptWhole(response)
	case response.StatusCode == http.StatusPartialContent && ranged:
		return d.acceptRest(response)
	case response.StatusCode == http.StatusRequestedRangeNotSatisfiable && ranged:
		return d.acceptNothing(response)
	}
	return d.refusal(response)
}

func (d *download) acceptWhole(response *http.Response) error {
	if response.ContentLength > d.MaxSize {
		return tooLarge(response.ContentLength, d.MaxSize)
	}
	if endsUnmarked(response) && !d.checked() {
		return fmt.Errorf("%w: the server tells neither the size nor the end of the file, so that a cut would not be seen", ErrUnavailable)
	}
	return d.partial.restart(stateOf(d.address, response))
}

func (d *download) acceptRest(response *http.Response) error {
	p := d.partial
	span, ok := parseContentRange(response.Header.Get("Content-Range"))
	if !ok || span.begin != p.size || !p.state.fits(response, span.total) {
		return d.distrust(response)
	}
	if span.total > d.MaxSize {
		return tooLarge(span.total, d.MaxSize)
	}
	p.state.Size = span.total
	return nil
}

// acceptNothing handles the answer that there is nothing behind the bytes that
// are there: they are all, or those of another file.
func (d *download) acceptNothing(response *http.Response) error {
	p := d.partial
	total, ok := parseUnsatisfied(response.Header.Get("Content-Range"))
	if !ok || total != p.size || p.state.Size >= 0 {
		return d.distrust(response)
	}
	p.state.Size = total
	return nil
}

// distrust starts anew, without ranges: the file has changed, or the server
// does not know what it says.
func (d *download) distrust(response *http.Response) error {
	d.plain = true
	if err := d.partial.clear(); err != nil {
		return err
	}
	return &temporary{err: fmt.Errorf("the server answers %s with a range that does not fit", status(response))}
}

// refusal is the error of an answer that holds no file.
func (d *download) refusal(response *http.Response) error {
	reason := status(response)
	if host := response.Request.URL.Host; host != "" && response.Request.Response != nil {
		reason += " from " + host
	}
	switch code := response.StatusCode; {
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		return &temporary{
			err:   fmt.Errorf("the server answers %s", reason),
			after: retryAfter(response.Header.Get("Retry-After"), time.Now()),
		}
	}
	return fmt.Errorf("%w: %s", ErrRefused, reason)
}

// status is the code with its usual name, whatever the server calls it.
func status(response *http.Response) string {
	if text := http.StatusText(response.StatusCode); text != "" {
		return strconv.Itoa(response.StatusCode) + " " + text
	}
	return strconv.Itoa(response.StatusCode)
}

func (d *download) receive(ctx context.Context, body io.Reader) error {
	p := d.partial
	if p.state.Size >= 0 {
		body = io.LimitReader(body, p.state.Size-p.size)
	}
	if err := p.fill(ctx, body, d.Request); err != nil {
		return err
	}
	if p.state.Size < 0 {
		p.state.Size = p.size
	}
	if !p.whole() {
		return &temporary{err: io.ErrUnexpectedEOF}
	}
	return nil
}

// watch ends a try that stands still. Only the server's time counts: it runs
// until the head of the answer is there, and while the body is waited for.
type watch struct {
	ctx   context.Context
	limit time.Duration
	timer *time.Timer
	body  io.Reader
}

func (w *watch) over(body io.Reader) *watch {
	w.timer.Stop()
	w.body = body
	return w
}

// Read reads the body. Its errors are explained.
func (w *watch) Read(b []byte) (int, error) {
	w.timer.Reset(w.limit)
	n, err := w.body.Read(b)
	w.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = w.explain(err)
	}
	return n, err
}

// explain sorts errors of the connection: what another try may not meet is
// temporary.
func (w *watch) explain(err error) error {
	if cause := context.Cause(w.ctx); cause != nil {
		return &temporary{err: cause}
	}
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err // the address is named already
	}
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	switch {
	case errors.Is(err, ErrPrivate), errors.Is(err, ErrRedirect):
		return err
	case errors.As(err, &certificate), errors.As(err, &name) && name.IsNotFound:
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return &temporary{err: err}
}
