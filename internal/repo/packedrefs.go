package repo

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
)

// readPacked returns the content of packed-refs, nil if there is none. With the
// error of a file whose last line was cut off come the lines before it.
func (r *Repo) readPacked() ([]byte, error) {
	data, err := readFile(filepath.Join(r.CommonDir, "packed-refs"), maxPackedRefs)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if end := bytes.LastIndexByte(data, '\n') + 1; end < len(data) {
		return data[:end], errors.New("packed-refs: the last line is cut off")
	}
	return data, nil
}

// eachPacked calls f with each ref of a packed-refs file. After a line it does
// not understand it goes on; the error tells of the first such line.
func eachPacked(data []byte, f Format, yield func(Ref)) error {
	var first error
	var last Ref
	flush := func() {
		if last.Name != "" {
			yield(last)
		}
		last = Ref{}
	}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.TrimSuffix(line, []byte("\n"))
		if len(line) > 0 && line[0] == '#' {
			continue
		}
		if peeled, ok := bytes.CutPrefix(line, []byte("^")); ok && last.Name != "" && last.Peeled.size == 0 {
			id, err := ParseHash(string(peeled))
			if err == nil && len(peeled) == 2*f.Size() {
				last.Peeled = id
				continue
			}
		} else if ref, ok := parsePackedLine(line, f); ok {
			flush()
			last = ref
			continue
		}
		if first == nil {
			first = fmt.Errorf("packed-refs: line %d is malformed", number)
		}
	}
	flush()
	return first
}

// parsePackedLine reads "ID NAME".
func parsePackedLine(line []byte, f Format) (Ref, bool) {
	n := 2 * f.Size()
	if len(line) < n+2 || line[n] != ' ' {
		return Ref{}, false
	}
	id, err := ParseHash(string(line[:n]))
	return Ref{Name: string(line[n+1:]), ID: id}, err == nil
}

// findPacked returns one ref of a packed-refs file. It searches for the bytes
// of the line, which takes a fraction of the time of reading every line.
func findPacked(data []byte, name string, f Format) (Ref, error) {
	tail := []byte(" " + name + "\n")
	n := 2 * f.Size()
	for from := 0; ; {
		i := bytes.Index(data[from:], tail)
		if i < 0 {
			break
		}
		end := from + i + len(tail)
		start := from + i - n
		if start == 0 || start > 0 && data[start-1] == '\n' {
			// A peeled value, if any, is on the next line.
			if next := bytes.IndexByte(data[end:], '\n'); next >= 0 && data[end] == '^' {
				end += next + 1
			}
			var found Ref
			err := eachPacked(data[start:end], f, func(ref Ref) { found = ref })
			if err != nil || found.Name == "" {
				return Ref{}, fmt.Errorf("packed-refs: ref %q is malformed", name)
			}
			return found, nil
		}
		from = end - 1
	}
	return Ref{}, fmt.Errorf("%w: %q", ErrRefNotFound, name)
}
