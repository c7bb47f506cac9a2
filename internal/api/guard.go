package api

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// guard refuses requests that a foreign page made a browser send: those under
// another host name (DNS rebinding) and those of another origin.
type guard struct {
	names []string // lower case
	any   bool     // bound to all addresses: every address is the server's own
	addr  netip.Addr
}

func newGuard(bound net.Addr, hosts []string) guard {
	g := guard{names: []string{"localhost"}}
	for _, host := range hosts {
		g.names = append(g.names, strings.ToLower(host))
	}
	if tcp, ok := bound.(*net.TCPAddr); ok {
		g.addr = tcp.AddrPort().Addr().Unmap()
		g.any = g.addr.IsUnspecified()
	}
	return g
}

// knows reports whether host, with or without a port, is the server. A numeric
// address cannot be rebound, but is taken only where the server listens.
func (g guard) knows(host string) bool {
	name := strings.TrimSuffix(strings.ToLower((&url.URL{Host: host}).Hostname()), ".")
	if slices.Contains(g.names, name) {
		return true
	}
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	return g.any || addr.IsLoopback() || addr.Unmap() == g.addr
}

// sameOrigin reports whether an Origin header names the host that is called.
func sameOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, host)
}

func (g guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.knows(r.Host) {
			writeProblem(w, problem(http.StatusForbidden, "forbidden",
				fmt.Sprintf("host %q is not this server", shorten(r.Host)), "start the server with --host NAME to allow it"))
			return
		}
		for _, origin := range r.Header.Values("Origin") {
			if !sameOrigin(origin, r.Host) {
				writeProblem(w, problem(http.StatusForbidden, "forbidden",
					fmt.Sprintf("origin %q may not call this server", shorten(origin)), ""))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
