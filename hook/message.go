package hook

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// scissors is what follows the comment character of the line below which git
// cuts a message.
const scissors = " ------------------------ >8 ------------------------"

// Message returns the message in a file that is about to become that of a
// commit. What git will leave out of it is blank: comments, and all below the
// scissors line.
func (r *Repository) Message(name string, opts Options) (*Source, error) {
	data, err := readBounded(name)
	if err != nil {
		return nil, err
	}
	// A configuration that cannot be read leaves git's defaults.
	user, _ := repo.UserConfig(r.env)
	editor, _ := r.env("GIT_EDITOR")
	data = cleanMessage(data, user.Append(r.repo.Config), editor != ":")
	st := &step{texts: []text{{path: filepath.ToSlash(name), data: data}}}
	return &Source{
		r: r, opts: opts, exposure: scan.Staged,
		steps: func(yield func(*step, error) bool) { yield(st, nil) },
	}, nil
}

// cleanMessage blanks what git leaves out, so that lines and columns stay. git
// tells a hook by GIT_EDITOR=: that the message has not been edited: then it
// takes comments for text unless it is configured otherwise.
func cleanMessage(data []byte, cfg *repo.Config, edited bool) []byte {
	mode, _ := cfg.Get("commit.cleanup")
	if mode == "" || mode == "default" {
		mode = "whitespace"
		if edited {
			mode = "strip"
		}
	}
	comment := commentPrefix(data, cfg)
	out := make([]byte, 0, len(data))
	for line := range bytes.Lines(data) {
		rest, isComment := bytes.CutPrefix(line, []byte(comment))
		if isComment && (edited || mode == "scissors") && string(bytes.TrimRight(rest, "\r\n")) == scissors {
			break
		}
		if !isComment || mode != "strip" {
			out = append(out, line...)
			continue
		}
		text := bytes.TrimRight(line, "\r\n")
		out = append(out, bytes.Repeat([]byte{' '}, len(text))...)
		out = append(out, line[len(text):]...)
	}
	return out
}

// commentPrefix returns what begins a comment. With "auto" git takes the first
// of some characters that begins no line of the message; its own comments come
// last.
func commentPrefix(data []byte, cfg *repo.Config) string {
	prefix, ok := cfg.Get("core.commentstring")
	if !ok {
		prefix, _ = cfg.Get("core.commentchar")
	}
	switch prefix {
	case "":
		return "#"
	case "auto":
		text := bytes.TrimRight(data, "\r\n")
		last := text[bytes.LastIndexByte(text, '\n')+1:]
		if len(last) > 0 && strings.IndexByte("#;@!$%^&|:", last[0]) >= 0 {
			return string(last[:1])
		}
		return "#"
	}
	return prefix
}
