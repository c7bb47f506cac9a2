package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// stateOf is what an answer with the whole file tells about it.
func stateOf(address string, response *http.Response) state {
	h := response.Header
	return state{
		URL:          address,
		ETag:         strongTag(h.Get("ETag")),
		LastModified: settledDate(h.Get("Last-Modified"), h.Get("Date")),
		Size:         response.ContentLength,
	}
}

// fits reports whether a part of a file of total bytes is of the file of s. A
// part has the entity tag of the whole (RFC 9110, 15.3.7), but need not repeat
// its date.
func (s state) fits(part *http.Response, total int64) bool {
	modified := part.Header.Get("Last-Modified")
	switch {
	case s.Size >= 0 && s.Size != total:
		return false
	case s.ETag != "" && part.Header.Get("ETag") != s.ETag:
		return false
	}
	return s.LastModified == "" || modified == "" || modified == s.LastModified
}

// strongTag returns the entity tag if it is one that stands for the very same
// bytes (RFC 9110, 8.8.3), and nothing otherwise.
func strongTag(tag string) string {
	inner, opened := strings.CutPrefix(tag, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	forbidden := func(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f }
	if !opened || !closed || strings.ContainsFunc(inner, forbidden) {
		return ""
	}
	return tag
}

// httpDate returns a date if it is one, and nothing otherwise.
func httpDate(date string) string {
	if _, err := http.ParseTime(date); err != nil {
		return ""
	}
	return date
}

// settledDate returns the date of a file's last change if that lies a second
// before now: within the same second it could change unseen (RFC 9110, 8.8.2.2).
func settledDate(modified, now string) string {
	changed, err := http.ParseTime(modified)
	if err != nil {
		return ""
	}
	sent, err := http.ParseTime(now)
	if err != nil || sent.Sub(changed) < time.Second {
		return ""
	}
	return modified
}

// span is a range of bytes of a file: from begin up to and with end.
type span struct{ begin, end, total int64 }

// parseContentRange reads "bytes begin-end/total". A range of a file of unknown
// size is not taken.
func parseContentRange(value string) (span, bool) {
	limits, size, found := strings.Cut(strings.TrimPrefix(value, "bytes "), "/")
	first, last, dashed := strings.Cut(limits, "-")
	if !found || !dashed || !strings.HasPrefix(value, "bytes ") {
		return span{}, false
	}
	begin, beginOK := parseSize(first)
	end, endOK := parseSize(last)
	total, totalOK := parseSize(size)
	if !beginOK || !endOK || !totalOK || begin > end || end >= total {
		return span{}, false
	}
	return span{begin, end, total}, true
}

// parseUnsatisfied reads "bytes */total".
func parseUnsatisfied(value string) (total int64, ok bool) {
	size, found := strings.CutPrefix(value, "bytes */")
	if !found {
		return 0, false
	}
	return parseSize(size)
}

func parseSize(digits string) (int64, bool) {
	n, err := strconv.ParseUint(digits, 10, 63)
	return int64(n), err == nil
}

// retryAfter is the time that a server asks to wait: seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// endsUnmarked reports whether the body ends with the connection, which is what
// a cut looks like.
func endsUnmarked(response *http.Response) bool {
	return response.ProtoMajor == 1 && response.ContentLength < 0 && len(response.TransferEncoding) == 0
}
