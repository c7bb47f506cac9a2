package archive

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is more bytes than the path of a picture has.
const maxName = 512

// cleanName checks the name of an entry and takes "./" off its front and "/"
// off its end; the root itself is ".". Names stay below the root on every
// system, and can be shown as they are.
func cleanName(name string) (string, error) {
	if why := judgeName(name); why != "" {
		return "", fmt.Errorf("%w: %s", ErrRefused, why)
	}
	clean := strings.TrimSuffix(name, "/")
	for clean != "." && strings.HasPrefix(clean, "./") {
		clean = clean[len("./"):]
	}
	switch {
	case slices.Contains(strings.Split(clean, "/"), ".."):
		return "", fmt.Errorf("%w: its name leads out of the archive", ErrRefused)
	case !fs.ValidPath(clean):
		return "", fmt.Errorf("%w: its name is not a clean path", ErrRefused)
	}
	return clean, nil
}

// judgeName says what is wrong with the text of a name, "" for nothing.
func judgeName(name string) string {
	switch {
	case len(name) > maxName:
		return fmt.Sprintf("its name has %d bytes, the cap is %d", len(name), maxName)
	case !utf8.ValidString(name):
		return "its name is not valid UTF-8"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "its name is not plain text"
	case strings.Contains(name, `\`):
		return "its name has a backslash"
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':':
		return "its name is an absolute path"
	}
	return ""
}
