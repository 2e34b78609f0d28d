package history

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
)

// maxEntry is the largest number of an entry of a reflog that git takes for one:
// larger ones are dates to it.
const maxEntry = 100_000_000 - 1

// marked returns the object of NAME@{MARK}, of which the name may be empty: an
// entry of a reflog, the branch that a branch follows, or one that was checked out
// before.
func (r *resolver) marked(name, mark string) (uint32, error) {
	back, isBack := strings.CutPrefix(mark, "-")
	switch n, err := strconv.Atoi(strings.TrimPrefix(mark, "-")); {
	case strings.EqualFold(mark, "u"), strings.EqualFold(mark, "upstream"):
		return r.upstream(name)
	case err != nil || strings.Trim(back, "0123456789") != "" || n > maxEntry || isBack && (name != "" || n == 0):
		return none, fmt.Errorf("%s@{%s} is not understood; behind @ there may be {N}, {-N} or {upstream}", name, mark)
	case isBack:
		return r.checkedOut(n)
	default:
		return r.entry(name, n)
	}
}

// entry returns what a ref was n changes ago. Without a name it is that of the
// current branch.
func (r *resolver) entry(name string, n int) (uint32, error) {
	ref, log, err := r.reflog(name)
	if err != nil {
		return none, err
	}
	id := toID(ref.ID)
	if n > 0 {
		var ids []pack.ID
		for e := range entries(log) {
			ids = append(ids, e.id)
		}
		if n >= len(ids) {
			return none, fmt.Errorf("%s@{%d}: the log of %s has only %d entries", name, n, ref.Name, len(ids))
		}
		id = ids[len(ids)-1-n]
	}
	if obj := r.table.find(id); obj != none {
		return obj, nil
	}
	return none, fmt.Errorf("%s@{%d}: %v is not here", name, n, id)
}

// reflog returns the ref of a name that has a log, and the log.
func (r *resolver) reflog(name string) (repo.Ref, []byte, error) {
	if name == "" {
		head, err := r.repo.Head()
		if err != nil {
			return head, nil, err
		}
		if name = head.Target; name == "" {
			name = "HEAD"
		}
	}
	for _, form := range refForms {
		full := fmt.Sprintf(form, name)
		ref, err := r.repo.Ref(full)
		if err != nil || ref.ID.IsZero() || form == "%s" && !strings.HasPrefix(name, "refs/") && !isPseudoRef(name) {
			continue
		}
		for _, of := range []string{full, ref.Target} {
			if log, err := r.readLog(of); err == nil && of != "" {
				ref.Name = of
				return ref, log, nil
			}
		}
	}
	return repo.Ref{}, nil, fmt.Errorf("%s: there is no log of such a ref", name)
}

// readLog reads the log of the ref with a whole name.
func (r *resolver) readLog(name string) ([]byte, error) {
	return readFile(filepath.Join(r.repo.RefDir(name), "logs", filepath.FromSlash(name)), maxLog)
}

// A logEntry is a line of a reflog: what the ref was, what it was set to, and why.
type logEntry struct {
	old, id pack.ID
	message []byte
}

// entries yields the lines of a reflog that can be read, the oldest first.
func entries(log []byte) iter.Seq[logEntry] {
	return func(yield func(logEntry) bool) {
		for line := range bytes.Lines(log) {
			old, ok := leadingID(line)
			if !ok {
				continue
			}
			id, ok := leadingID(line[min(len(line), len(old.String())+1):])
			if !ok {
				continue
			}
			_, message, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte("\t"))
			if !yield(logEntry{old, id, message}) {
				return
			}
		}
	}
}

// checkedOut returns what the branch stands at, or the commit, that was left by the
// last checkout but n-1.
func (r *resolver) checkedOut(n int) (uint32, error) {
	log, err := r.readLog("HEAD")
	if err != nil {
		return none, fmt.Errorf("@{-%d}: reading the log of HEAD: %w", n, err)
	}
	var left []string
	for e := range entries(log) {
		if moved, ok := bytes.CutPrefix(e.message, []byte("checkout: moving from ")); ok {
			if from, _, ok := bytes.Cut(moved, []byte(" to ")); ok {
				left = append(left, string(from))
			}
		}
	}
	if n > len(left) {
		return none, fmt.Errorf("@{-%d}: the log of HEAD knows of only %d checkouts", n, len(left))
	}
	name := left[len(left)-n]
	if !isRefName(name) {
		return none, fmt.Errorf("@{-%d}: %q is no name of a branch", n, name)
	}
	return r.object(name, false)
}

// upstream returns what the branch stands at that a branch follows; that of the
// current one without a name.
func (r *resolver) upstream(name string) (uint32, error) {
	if name == "" || name == "HEAD" {
		head, err := r.repo.Head()
		if err != nil {
			return none, err
		}
		branch, ok := strings.CutPrefix(head.Target, "refs/heads/")
		if !ok {
			return none, errors.New("no branch is checked out whose upstream could be meant")
		}
		name = branch
	}
	full, err := followedBy(r.repo.Config, name)
	if err != nil {
		return none, err
	}
	ref, err := r.repo.Ref(full)
	if err != nil || ref.ID.IsZero() {
		return none, fmt.Errorf("%s, the upstream of %s, is not here; git fetch brings it", full, name)
	}
	if obj := r.table.find(toID(ref.ID)); obj != none {
		return obj, nil
	}
	return none, fmt.Errorf("%s has no commit that is here", full)
}

// followedBy returns the ref that keeps what a branch follows.
func followedBy(c *repo.Config, branch string) (string, error) {
	remote, _ := c.Get("branch." + branch + ".remote")
	merge := ""
	var specs []string
	for key, value := range c.All {
		switch key {
		case "branch." + branch + ".merge":
			if merge == "" {
				merge = value
			}
		case "remote." + remote + ".fetch":
			specs = append(specs, value)
		}
	}
	if remote == "" || merge == "" {
		return "", fmt.Errorf("the branch %s has no upstream; git branch --set-upstream-to sets it", branch)
	}
	if remote == "." {
		return merge, nil
	}
	for _, spec := range specs {
		if to, ok := fetchedTo(spec, merge); ok {
			return to, nil
		}
	}
	return "", fmt.Errorf("the upstream of %s, %s of %s, is not fetched", branch, merge, remote)
}

// fetchedTo returns where a refspec puts a ref of the remote.
func fetchedTo(spec, ref string) (string, bool) {
	from, to, ok := strings.Cut(strings.TrimPrefix(spec, "+"), ":")
	if !ok || to == "" || strings.HasPrefix(spec, "^") {
		return "", false
	}
	before, behind, glob := strings.Cut(from, "*")
	if !glob {
		return to, from == ref
	}
	part, ok := strings.CutPrefix(ref, before)
	if part, ok = strings.CutSuffix(part, behind); !ok || !strings.HasPrefix(ref, before) || len(ref) < len(before)+len(behind) {
		return "", false
	}
	return strings.Replace(to, "*", part, 1), true
}

// described returns the digits of the commit in a name as git describe gives it,
// such as v1.2-3-gabcdef.
func described(name string) (digits string, ok bool) {
	i := strings.LastIndex(name, "-g")
	if i < 1 {
		return "", false
	}
	return name[i+len("-g"):], true
}
