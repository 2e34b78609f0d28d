package hook

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/keysift/keysift/internal/repo"
)

// An Update is a ref that a push is about to change.
type Update struct {
	Ref string    // name where it is pushed to
	Old repo.Hash // what it is there; zero if it is created
	New repo.Hash // what it becomes; zero if it is deleted
}

// maxUpdateLine bounds a line of the list that git writes, in bytes. A name of
// a local ref may be any expression for a revision.
const maxUpdateLine = 1 << 20

// ReadPrePush reads the list that git gives to pre-push: on each line local
// ref, local id, remote ref and remote id.
func ReadPrePush(in io.Reader) ([]Update, error) {
	return readUpdates(in, func(line string) (ref, old, id string, ok bool) {
		f := lastFields(line, 3)
		if len(f) != 3 {
			return "", "", "", false
		}
		return f[1], f[2], f[0], true
	})
}

// ReadPreReceive reads the list that git gives to pre-receive: on each line
// old id, new id and ref.
func ReadPreReceive(in io.Reader) ([]Update, error) {
	return readUpdates(in, func(line string) (ref, old, id string, ok bool) {
		f := strings.SplitN(line, " ", 3)
		if len(f) != 3 {
			return "", "", "", false
		}
		return f[2], f[0], f[1], true
	})
}

func readUpdates(in io.Reader, split func(line string) (ref, old, id string, ok bool)) ([]Update, error) {
	var list []Update
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxUpdateLine)
	for n := 1; lines.Scan(); n++ {
		ref, old, id, ok := split(lines.Text())
		if !ok {
			return nil, fmt.Errorf("reading the list of refs: line %d is not one that git writes", n)
		}
		u := Update{Ref: ref}
		var err error
		if u.Old, err = repo.ParseHash(old); err == nil {
			u.New, err = repo.ParseHash(id)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the list of refs: line %d: %w", n, err)
		}
		list = append(list, u)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the list of refs: %w", err)
	}
	return list, nil
}

// lastFields returns the last n fields of a line, of which those before may
// hold spaces themselves.
func lastFields(line string, n int) []string {
	out := make([]string, n)
	for i := n - 1; i >= 0; i-- {
		cut := strings.LastIndexByte(line, ' ')
		if cut < 0 {
			return nil
		}
		out[i], line = line[cut+1:], line[:cut]
	}
	return out
}
