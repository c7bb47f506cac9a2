package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

const (
	maxRedirects = 10
	maxHead      = 1 << 20         // bytes of the head of an answer
	lookupTime   = 3 * time.Second // for a name that a proxy will look up itself
)

// IsAddress reports whether source is meant as an address for Get rather than
// as a path for Copy.
func IsAddress(source string) bool {
	scheme, _, found := strings.Cut(source, "://")
	return found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

func parseAddress(source string) (*url.URL, error) {
	u, err := url.Parse(source)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, fmt.Errorf("fetch %.200q: %w", source, ErrAddress)
	}
	return u, nil
}

// label names an address in messages, which others may read: without a password
// and without the query, where keys stand.
func label(u *url.URL) string {
	shown := *u
	shown.RawQuery, shown.ForceQuery, shown.Fragment, shown.RawFragment = "", false, "", ""
	return shown.Redacted()
}

// newClient returns a client that follows redirects with care. Unless private is
// set, it connects to public addresses only. The caller closes its idle connections.
func newClient(private bool) *http.Client {
	var t http.RoundTripper = newTransport()
	if !private {
		t = newGuard()
	}
	return &http.Client{Transport: t, CheckRedirect: checkRedirect}
}

func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = maxHead
	return t
}

func checkRedirect(to *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("%w: there are more than %d", ErrRedirect, maxRedirects)
	}
	if scheme := to.URL.Scheme; scheme != "https" && (scheme != "http" || via[0].URL.Scheme == "https") {
		return fmt.Errorf("%w: it leads from %s to %s", ErrRedirect, via[0].URL.Scheme, label(to.URL))
	}
	return nil
}

// guard keeps requests away from private addresses, redirected ones too.
type guard struct {
	direct  *http.Transport // without a proxy: checks what it connects to
	proxied *http.Transport
}

func newGuard() *guard {
	g := &guard{direct: newTransport(), proxied: newTransport()}
	g.direct.Proxy = nil
	// The check comes after the name is looked up: it is the address itself
	// that is connected to.
	dialer := &net.Dialer{Timeout: 30 * time.Second, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !public(to.Addr()) {
			return ErrPrivate
		}
		return nil
	}}
	g.direct.DialContext = dialer.DialContext
	return g
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	proxy, err := http.ProxyFromEnvironment(r)
	if err != nil {
		return nil, err
	}
	if proxy == nil {
		return g.direct.RoundTrip(r)
	}
	if err := checkProxied(r.Context(), r.URL.Hostname()); err != nil {
		return nil, err
	}
	return g.proxied.RoundTrip(r)
}

// CloseIdleConnections is what http.Client's method of that name calls.
func (g *guard) CloseIdleConnections() {
	g.direct.CloseIdleConnections()
	g.proxied.CloseIdleConnections()
}

// checkProxied refuses a host that is known here to be private. Of a name that
// only the proxy knows, the proxy has to decide.
func checkProxied(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	for _, a := range addresses {
		if !public(a) {
			return fmt.Errorf("%s: %w", a, ErrPrivate)
		}
	}
	return nil
}

// special are the ranges that look public but are not reached over the internet,
// or lead to other addresses: the IANA registries of special-purpose addresses.
var special = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var (
	globalIPv6 = netip.MustParsePrefix("2000::/3")
	nat64      = netip.MustParsePrefix("64:ff9b::/96") // an IPv4 address in its last four bytes
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// public reports whether an address is one of the internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if a.Is6() && !globalIPv6.Contains(a) {
		return false
	}
	if a.IsPrivate() || !a.IsGlobalUnicast() {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
