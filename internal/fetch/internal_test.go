package fetch

import (
	"net/http"
	"net/netip"
	"testing"
	"time"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "151.101.0.223": true, "172.15.0.1": true, "172.32.0.1": true, "100.63.0.1": true, "100.128.0.1": true,
		"2606:4700::1111": true, "2a00:1450::1": true, "::ffff:8.8.8.8": true, "64:ff9b::808:808": true,

		"127.0.0.1": false, "127.255.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "192.0.0.8": false,
		"192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false,
		"240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "fc00::1": false, "fd12::1": false,
		"ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false,
		"64:ff9b::a00:1": false, "64:ff9b:1::1": false, "100::1": false, "2001::1": false, "2001:db8::1": false, "2002:7f00:1::": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v", address, got)
		}
	}
}

func TestContentRanges(t *testing.T) {
	for value, want := range map[string]span{
		"bytes 0-0/1": {0, 0, 1}, "bytes 400-999/1000": {400, 999, 1000},
		"": {}, "bytes": {}, "bytes ": {}, "bytes */10": {}, "bytes 0-9/*": {}, "bytes 0-10/10": {}, "bytes 5-4/10": {},
		"bytes -1-4/10": {}, "bytes +1-4/10": {}, "items 0-0/1": {}, "bytes 0-0/1 ": {}, "0-0/1": {},
		"bytes 0-9223372036854775807/9223372036854775808": {}, "bytes 0-0/18446744073709551617": {},
	} {
		got, ok := parseContentRange(value)
		if got != want || ok != (want != span{}) {
			t.Errorf("%q: %+v, %v", value, got, ok)
		}
	}
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 400-999/1000")
	f.Add("bytes */1000")
	f.Fuzz(func(t *testing.T, value string) {
		s, ok := parseContentRange(value)
		if ok && (s.begin < 0 || s.begin > s.end || s.end >= s.total) {
			t.Errorf("%q: %+v", value, s)
		}
		if total, ok := parseUnsatisfied(value); ok && total < 0 {
			t.Errorf("%q: %d", value, total)
		}
	})
}

func FuzzState(f *testing.F) {
	f.Add([]byte(`{"format":"convnet-download","version":1,"url":"https://example.com/x","etag":"\"v1\"","last_modified":"Sun, 09 Sep 2001 01:46:40 GMT","size":1000}`))
	f.Add([]byte(`{"format":"convnet-download","version":1,"etag":"\"a\r\nb\"","size":-7}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := parseState(text)
		if s.Size < -1 || s.ETag != strongTag(s.ETag) || s.LastModified != httpDate(s.LastModified) {
			t.Errorf("%+v", s)
		}
		if s.ETag == "" {
			return
		}
		for _, b := range []byte(s.ETag) {
			if b < ' ' || b == 0x7f {
				t.Errorf("the tag %q does not stand in a header", s.ETag)
			}
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, "-1": 0, "soon": 0, "1.5": 0, "99999999999999999999": 0,
		now.Add(time.Hour).Format(http.TimeFormat):  time.Hour,
		now.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, expected %v", value, got, want)
		}
	}
}

func TestDatesCountOnceTheyAreSettled(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, tt := range []struct {
		modified, now string
		settled       bool
	}{
		{date(-time.Hour), date(0), true}, {date(-time.Second), date(0), true},
		{date(0), date(0), false}, {date(time.Hour), date(0), false},
		{"", date(0), false}, {date(-time.Hour), "", false}, {"yesterday", date(0), false},
	} {
		if got := settledDate(tt.modified, tt.now); (got != "") != tt.settled {
			t.Errorf("modified %q, sent %q: %q", tt.modified, tt.now, got)
		}
	}
}
