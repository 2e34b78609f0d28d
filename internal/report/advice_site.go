package report

import (
	"regexp"
	"strings"

	"github.com/keysift/keysift/internal/scan"
)

// A site is where git has a credential that stands in no file.
type site struct {
	kind siteKind
	name string // id of the object, name of the ref; of a note, what it is about
	ref  string // of a note: the ref that holds it
}

type siteKind uint8

const (
	inFile    siteKind = iota
	inMessage          // of a commit
	inTag              // the message of a tag
	inRef              // the name of a ref
	inReflog           // what a log says beside ids
	inNote
	inObject // that a ref refers to without a commit
)

const notesPrefix = "refs/notes/"

var objectID = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// siteOf tells a site by the path of a finding. A note stands in the tree of its
// ref, at the id of the object that it is about, which may be cut into folders.
func siteOf(at *Situation) site {
	kind, name, _ := strings.Cut(at.Path, ":")
	switch {
	case kind == "ref" && strings.HasPrefix(name, "refs/"):
		return site{kind: inRef, name: name}
	case kind == "reflog" && (name == "HEAD" || strings.HasPrefix(name, "refs/")):
		return site{kind: inReflog, name: name}
	case kind == "commit" && objectID.MatchString(name):
		return site{kind: inMessage, name: name}
	case kind == "tag" && objectID.MatchString(name):
		return site{kind: inTag, name: name}
	case kind == "blob" && objectID.MatchString(name):
		return site{kind: inObject, name: name}
	}
	if id := strings.ReplaceAll(at.Path, "/", ""); objectID.MatchString(id) {
		for _, ref := range at.Refs {
			if strings.HasPrefix(ref, notesPrefix) {
				return site{kind: inNote, name: id, ref: ref}
			}
		}
	}
	return site{}
}

// remove returns how to take out a credential that has not been pushed. All is
// empty for a file.
func (s site) remove() (text, command string) {
	switch s.kind {
	case inMessage:
		return "It stands in the message or the head of a commit that is not pushed. If that is the last commit: git commit --amend. " +
			"Else rebase, with reword at its line; for the first commit of all, from --root.", "git rebase -i " + shortID(s.name) + "^"
	case inTag:
		return "It stands in the message of a tag. Make the tag anew, with another message, which deletes this one.", s.anew()
	case inRef:
		return "It stands in the name of a ref. Rename that before you push.", s.rename()
	case inReflog:
		return "It stands in the text of a reflog, which is not pushed. Expire all of that log.", "git reflog expire --expire=now " + scan.ShellWord(Visible(s.name))
	case inNote:
		return "It stands in a note. Remove the note. The history of " + Visible(s.ref) + " keeps it until you delete that ref, with all its notes: git update-ref -d " + scan.ShellWord(Visible(s.ref)) + ".", s.removeNote()
	case inObject:
		return "It stands in an object that a ref refers to by itself. Delete that ref before you push: git update-ref -d REF.", "git for-each-ref --points-at " + s.name
	}
	return "", ""
}

// rewrite returns how to take out of history what has been pushed. All is empty
// for what stands in a commit or in its files, where history as a whole has to
// be rewritten.
func (s site) rewrite() (text, command string) {
	switch s.kind {
	case inTag:
		return "Make the tag anew last, with another message, and push it with --force.", s.anew()
	case inRef:
		if remote, branch, ok := s.remoteBranch(); ok {
			return "Rename the branch at the remote last: push it under another name, and delete this one.", "git push " + scan.ShellWord(remote) + " --delete " + scan.ShellWord(branch)
		}
		return "Rename it last, here and at the remote: push the new name, and delete the old one with git push REMOTE --delete.", s.rename()
	case inNote:
		return "Remove the note last. The history of " + Visible(s.ref) + " keeps it until that ref is deleted, here and at the remote.", s.removeNote()
	case inObject:
		return "Delete the ref that refers to the object last, here and at the remote.", "git for-each-ref --points-at " + s.name
	}
	return "", ""
}

// anew makes a tag anew, whatever its name: git asks for the message.
func (s site) anew() string {
	return `git tag -f -a "$(git tag --points-at ` + s.name + `)" '` + s.name + `^{}'`
}

// rename renames a branch or a tag, and deletes what is neither.
func (s site) rename() string {
	name := Visible(s.name)
	if branch, ok := strings.CutPrefix(name, "refs/heads/"); ok {
		return "git branch -m " + scan.ShellWord(branch) + " NEW"
	}
	if tag, ok := strings.CutPrefix(name, "refs/tags/"); ok {
		// An annotated tag holds its name, so that the new one has to be another.
		return "git tag NEW " + scan.ShellWord(tag+"^{}") + " && git tag -d " + scan.ShellWord(tag)
	}
	return "git update-ref -d " + scan.ShellWord(name)
}

func (s site) remoteBranch() (remote, branch string, ok bool) {
	name, ok := strings.CutPrefix(Visible(s.name), "refs/remotes/")
	if !ok {
		return "", "", false
	}
	return strings.Cut(name, "/")
}

func (s site) removeNote() string {
	if s.ref == notesPrefix+"commits" {
		return "git notes remove " + s.name
	}
	return "git notes --ref=" + scan.ShellWord(Visible(strings.TrimPrefix(s.ref, notesPrefix))) + " remove " + s.name
}
