package ignore

import (
	"errors"
	"path"
	"strings"
)

// errName is the error of a name that no line of a list can stand for.
var errName = errors.New("no line of an ignore list can stand for a name with a line break in it")

// GitLine returns the narrowest line that makes git ignore one file, and the
// .gitignore it belongs in: the nearest one above the file that is there, else
// that of the root. bare is for names that ought to be ignored wherever they
// stand: below the folder of the list, the line is the name alone.
func GitLine(rel string, bare bool, there func(list string) bool) (list, line string, err error) {
	if strings.ContainsAny(rel, "\n\r\x00") {
		return "", "", errName
	}
	dir := path.Dir(rel)
	for ; dir != "."; dir = path.Dir(dir) {
		if there(dir + "/.gitignore") {
			break
		}
	}
	list = path.Join(dir, ".gitignore")
	below := rel
	if dir != "." {
		below = rel[len(dir)+1:]
	}
	line = escapeGit(below)
	switch {
	case strings.Contains(below, "/"):
		// A slash in the middle anchors already.
	case !bare:
		line = "/" + line
	}
	if line[0] == '#' || line[0] == '!' {
		line = `\` + line
	}
	return list, line, nil
}

// escapeGit makes a name a pattern that matches nothing else.
func escapeGit(name string) string {
	line := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
	if strings.HasSuffix(line, " ") {
		line = line[:len(line)-1] + `\ `
	}
	return line
}

// List returns the file, relative to the set's folder, in which a line keeps
// something out of the set. It is empty where a manifest says what is taken, as
// "files" of package.json does. npm takes .gitignore if there is no .npmignore,
// and one that is made would put it out of force.
func (s *Set) List(read Read) string {
	switch s.Tool {
	case "docker":
		if exists(read, "Dockerfile.dockerignore") {
			return "Dockerfile.dockerignore"
		}
		return ".dockerignore"
	case "npm":
		switch {
		case s.manifest:
			return ""
		case exists(read, ".npmignore"):
			return ".npmignore"
		}
		return ".gitignore"
	case "gcloud":
		return ".gcloudignore"
	case "helm":
		return ".helmignore"
	case "vscode":
		return ".vscodeignore"
	case "sdist":
		return "MANIFEST.in"
	}
	return ""
}

// Line returns the line that keeps one file, whose path is relative to the
// set's folder, out of the set. A name that the notation of the tool cannot
// express may be an error or a line that does not match it: whoever writes it
// has to ask the changed set again.
func (s *Set) Line(rel string) (string, error) {
	if strings.ContainsAny(rel, "\n\r\x00") {
		return "", errName
	}
	switch s.Tool {
	case "npm", "gcloud":
		return "/" + escapeGit(rel), nil
	case "helm":
		return "/" + strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(rel), nil
	case "sdist":
		return "exclude " + rel, nil
	}
	line := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(rel)
	if line[0] == '#' || line[0] == '!' {
		line = "/" + line
	}
	return line, nil
}
