package playground

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/dataset/archive"
	"github.com/convnetplayground/convnet/dataset/public"
	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/featurevis"
	"github.com/convnetplayground/convnet/internal/fetch"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// Kind sorts errors by what the caller can do about them.
type Kind string

// The kinds of Error.
const (
	// NotFound: no dataset, picture, model, layer or job of that name.
	NotFound Kind = "not_found"
	// Invalid: the request cannot be carried out as it stands.
	Invalid Kind = "invalid"
	// NotIndexed: the search needs vectors that were not computed yet.
	NotIndexed Kind = "not_indexed"
	// NotRendered: the picture was not rendered yet.
	NotRendered Kind = "not_rendered"
	// NotMapped: the map was not made yet.
	NotMapped Kind = "not_mapped"
	// Conflict: something of that name is there already, or is being written.
	Conflict Kind = "conflict"
	// TooLarge: a picture exceeds the size that is taken.
	TooLarge Kind = "too_large"
	// Unsupported: a file is not of a known format.
	Unsupported Kind = "unsupported"
	// Busy: there is too much to do already.
	Busy Kind = "busy"
	// Unavailable: the machine refuses: data directory not writable, disk full.
	Unavailable Kind = "unavailable"
)

// Error is every failure that a caller can act upon. Its parts are printed as
// "What: Why; Hint"; Near lists names similar to one that is unknown.
type Error struct {
	Kind Kind
	What string // what failed
	Why  string // the reason
	Hint string // what to do about it; may be empty
	Near []string

	cause error
}

// Error says what failed and why, with the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Detail())
	if hint := e.Advice(); hint != "" {
		b.WriteString("; ")
		b.WriteString(hint)
	}
	return b.String()
}

// Detail is the message without the hint.
func (e *Error) Detail() string {
	if e.Why == "" {
		return e.What
	}
	return e.What + ": " + e.Why
}

// Advice is the hint, with the near names in front of it.
func (e *Error) Advice() string {
	if len(e.Near) == 0 {
		return e.Hint
	}
	near := "did you mean " + strings.Join(e.Near, ", ") + "?"
	if e.Hint == "" {
		return near
	}
	return near + " " + e.Hint
}

// Unwrap returns the error underneath, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// causes maps what lower packages report to kinds. A hint replaces the one at
// the end of their message; they cannot know about commands and flags.
var causes = []struct {
	err  error
	kind Kind
	hint string
}{
	{store.ErrExists, Conflict, "choose another name, or remove it first"},
	{store.ErrBuiltIn, Conflict, "datasets that are part of the program stay"},
	{store.ErrNewer, Unavailable, "use that version of convnet, or another directory with --data DIR"},
	{store.ErrDiskFull, Unavailable, "make room, or choose another directory with --data DIR; what is finished is kept"},
	{store.ErrUnwritable, Unavailable, "choose another directory with --data DIR"},
	{store.ErrNotFound, NotFound, ""},
	{embedding.ErrBusy, Conflict, "wait until it has finished"},
	{embedding.ErrNotFinite, Invalid, "the weights may be damaged"},
	{store.ErrUnreadable, Invalid, ""},
	{archive.ErrFormat, Unsupported, ""},
	{archive.ErrDamaged, Invalid, ""},
	{archive.ErrRefused, Invalid, ""},
	{archive.ErrTooLarge, TooLarge, ""},
	{public.ErrOther, Invalid, ""},
	{public.ErrMissing, Invalid, ""},
	{public.ErrContent, Invalid, ""},
	{dataset.ErrEmpty, Invalid, ""},
	{dataset.ErrName, Invalid, ""},
	{dataset.ErrChanged, Conflict, ""},
	{model.ErrMissing, Conflict, ""},
	{model.ErrDamaged, Conflict, ""},
	{model.ErrInstalled, Conflict, "replace it with --replace, or choose another --name"},
	{model.ErrName, Invalid, ""},
	{model.ErrTaken, Conflict, "choose another with --name"},
	{model.ErrSize, Invalid, "choose another layer, or leave the size out"},
	{model.ErrNoClassifier, Invalid, "search and embed work at its other layers; predictions need weights with a classifier"},
	{fetch.ErrAddress, Invalid, "give an http or https address, or a file"},
	{fetch.ErrPrivate, Invalid, ""},
	{fetch.ErrRedirect, Unavailable, "get the file by hand and give it with --from FILE"},
	{fetch.ErrRefused, Unavailable, "get the file by hand and give it with --from FILE"},
	{fetch.ErrUnavailable, Unavailable, "the same command goes on from what has arrived"},
	{fetch.ErrTooLarge, TooLarge, ""},
	{fetch.ErrChecksum, Invalid, "the file is damaged or another one; get it again"},
	{featurevis.ErrRecipe, Invalid, ""},
	{featurevis.ErrDead, Invalid, "choose another channel or layer"},
	{model.ErrNotFinite, Invalid, "the weights may be damaged"},
	{featurevis.ErrNotFinite, Invalid, "the weights may be damaged"},
	{preprocess.ErrFormat, Unsupported, ""},
	{preprocess.ErrTooLarge, TooLarge, ""},
	{preprocess.ErrCorrupt, Invalid, ""},
	{fs.ErrNotExist, NotFound, "check the path"},
	{fs.ErrPermission, Unavailable, "check the permissions"},
	{syscall.ENOSPC, Unavailable, "make room on the disk"},
	{job.ErrFull, Busy, "wait until some have ended"},
	{job.ErrClosed, Conflict, "the server is shutting down"},
}

// explain turns an error of a lower package into an *Error, if it is one that
// the user can act upon, with what as its first part. Errors of contexts pass
// as they are, others wrapped.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var name *model.UnknownError
	if errors.As(err, &name) {
		return unknown(name.Kind, name.Name, name.Near, "")
	}
	for _, c := range causes {
		if errors.Is(err, c.err) {
			why, hint := splitHint(err.Error())
			return &Error{Kind: c.kind, What: what, Why: why, Hint: cmp.Or(c.hint, hint), cause: err}
		}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Explain turns an error of the file system into an *Error, if it is one that
// the user can act upon, with what failed as its first part: for who writes
// files of their own.
func Explain(what string, err error) error { return explain(what, err) }

// asError finds an *Error in err; nil where there is none.
func asError(err error) *Error {
	var e *Error
	errors.As(err, &e)
	return e
}

// splitHint takes the hint off the end of a message that has one.
func splitHint(message string) (why, hint string) {
	if i := strings.LastIndex(message, "; "); i >= 0 {
		return message[:i], message[i+2:]
	}
	return message, ""
}

// unknown says that nothing has this name.
func unknown(what, name string, near []string, hint string) *Error {
	return &Error{Kind: NotFound, What: fmt.Sprintf("%s %q is unknown", what, name), Hint: hint, Near: near}
}

func invalid(what, why, hint string) *Error {
	return &Error{Kind: Invalid, What: what, Why: why, Hint: hint}
}

// Near lists the known names that are most like name, for messages.
func Near(name string, known []string) []string { return model.Near(name, known) }
