package ignore

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// vscodeDefaults are what vsce leaves out of every extension.
var vscodeDefaults = [...]string{
	".vscodeignore", "package-lock.json", "npm-debug.log", "yarn.lock", "yarn-error.log", "npm-shrinkwrap.json", ".editorconfig", ".npmrc", ".yarnrc",
	".gitattributes", "*.todo", "tslint.yaml", ".eslintrc*", ".babelrc*", ".prettierrc*", ".cz-config.js", ".commitlintrc*", "webpack.config.js",
	"ISSUE_TEMPLATE.md", "CONTRIBUTING.md", "PULL_REQUEST_TEMPLATE.md", "CODE_OF_CONDUCT.md", ".github", ".travis.yml", "appveyor.yml",
	"**/.git", "**/.git/**", "**/*.vsix", "**/.DS_Store", "**/*.vsixmanifest", "**/.vscode-test/**", "**/.vscode-test-web/**",
}

// VSCode returns the extension of a folder whose package.json names the engine
// "vscode": all but what .vscodeignore names or, where there is none, what
// "files" of package.json names. Which files of node_modules are in it depends
// on the dependencies, so they are Unknown.
func VSCode(read Read) *Set {
	p, err := readPackage(read)
	if err != nil || p == nil || p.Engines["vscode"] == nil {
		return nil // an unreadable manifest is reported by the set of npm
	}
	var v vscodeLists
	s := &Set{Tool: "vscode", decide: v.decide}
	if s.Err = v.fill(read, p); s.Err != nil {
		s.decide = nil
	}
	return s
}

// vscodeLists holds the rules of an extension: what is ignored and what is
// taken back in, whatever their order.
type vscodeLists struct {
	ignored, back segmentRules
}

func (v *vscodeLists) fill(read Read, p *packageJSON) error {
	for _, line := range vscodeDefaults {
		if err := v.add(line, shellRule{text: line}); err != nil {
			return err
		}
	}
	for _, line := range [...]string{"!package.json", "!README.md"} {
		if err := v.add(line, shellRule{text: line}); err != nil {
			return err
		}
	}
	const source = ".vscodeignore"
	data, err := read(source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return v.fillFiles(p)
	case err != nil:
		return fmt.Errorf("reading %s: %w", source, err)
	}
	return eachLine(source, data, func(number int, line string) error {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			return nil
		}
		return v.addFolder(line, shellRule{source: source, line: number, text: line})
	})
}

// fillFiles adds the rules that "files" stands for.
func (v *vscodeLists) fillFiles(p *packageJSON) error {
	if !p.hasFiles {
		return nil
	}
	for _, f := range p.Files {
		if err := v.addFolder("!"+f, shellRule{source: packageFile, text: f}); err != nil {
			return err
		}
	}
	return v.add("**", shellRule{source: packageFile, text: "files"})
}

// addFolder adds a line, and what it means if it names a folder.
func (v *vscodeLists) addFolder(line string, at shellRule) error {
	if err := v.add(line, at); err != nil {
		return err
	}
	switch last := line[strings.LastIndexByte(line, '/')+1:]; {
	case strings.Contains(last, "*"):
		return nil
	case last == "":
		return v.add(line+"**", at)
	}
	return v.add(line+"/**", at)
}

func (v *vscodeLists) add(line string, at shellRule) error {
	line, negated := strings.CutPrefix(line, "!")
	s, err := parseSegments(line, false, false)
	if err != nil {
		return err
	}
	list := &v.ignored
	if negated {
		list = &v.back
	}
	return list.add(s, at)
}

func (v *vscodeLists) decide(rel string) Inclusion {
	modules := strings.HasPrefix(rel, "node_modules/")
	find := func(l *segmentRules) *segmentRule {
		for i := range l.rules {
			if r := &l.rules[i]; r.match(rel, false) != r.negated {
				return r
			}
		}
		return nil
	}
	ignored := find(&v.ignored)
	if ignored == nil {
		return Inclusion{Included: true, Unknown: modules}
	}
	if back := find(&v.back); back != nil {
		in := back.at.inclusion(true)
		in.Unknown = modules
		return in
	}
	return ignored.at.inclusion(false)
}
