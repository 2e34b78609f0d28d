package repo

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strconv"
)

// Objects reads objects by id. The data stays valid and is not changed by its
// reader.
type Objects interface {
	Get(id []byte) (typ string, data []byte, err error)
}

// alternateDepth is how far git follows alternates of alternates.
const alternateDepth = 5

// ObjectDirs returns the main object directory and its alternates, those of
// GIT_ALTERNATE_OBJECT_DIRECTORIES included, each once. Directories that do
// not exist are not left out.
func (r *Repo) ObjectDirs() ([]string, error) {
	w := alternates{seen: map[string]bool{}}
	w.add(r.Objects)
	for _, dir := range splitPathList(r.env.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")) {
		if dir != "" {
			w.queue(under(r.dir, dir), 0)
		}
	}
	w.queueFile(r.Objects, 0)
	for len(w.todo) > 0 {
		next := w.todo[0]
		w.todo = w.todo[1:]
		if w.add(next.dir) {
			w.queueFile(next.dir, next.depth+1)
		}
	}
	return w.dirs, w.err
}

type alternates struct {
	seen map[string]bool
	dirs []string
	todo []alternate
	err  error
}

type alternate struct {
	dir   string
	depth int
}

func (w *alternates) add(dir string) bool {
	if w.seen[dir] {
		return false
	}
	w.seen[dir] = true
	w.dirs = append(w.dirs, dir)
	return true
}

func (w *alternates) queue(dir string, depth int) {
	w.todo = append(w.todo, alternate{dir, depth})
}

// queueFile reads info/alternates of an object directory.
func (w *alternates) queueFile(dir string, depth int) {
	path := filepath.Join(dir, "info", "alternates")
	data, err := readFile(path, maxAlternates)
	if absent(err) {
		return
	}
	if err == nil && depth > alternateDepth {
		err = fmt.Errorf("%s: alternates nest too deeply", path)
	}
	if err != nil {
		if w.err == nil {
			w.err = err
		}
		return
	}
	for line := range bytes.Lines(data) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		name := string(line)
		if name[0] == '"' {
			if u, err := strconv.Unquote(name); err == nil {
				name = u
			}
		}
		w.queue(under(dir, name), depth)
	}
}

// splitPathList splits a list of paths, each of which may be in double quotes.
func splitPathList(list string) []string {
	var out []string
	for list != "" {
		if list[0] == '"' {
			if q, err := strconv.QuotedPrefix(list); err == nil {
				if u, err := strconv.Unquote(q); err == nil {
					out = append(out, u)
					list = list[len(q):]
					if list != "" && list[0] == filepath.ListSeparator {
						list = list[1:]
					}
					continue
				}
			}
		}
		i := 0
		for i < len(list) && list[i] != filepath.ListSeparator {
			i++
		}
		out = append(out, list[:i])
		list = list[min(i+1, len(list)):]
	}
	return out
}
