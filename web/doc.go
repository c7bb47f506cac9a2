// Package web holds the page that the server shows. The page is built by Vite
// into dist and embedded with the build tag ui; without the tag a notice takes
// its place, so that the Go code always compiles.
package web
