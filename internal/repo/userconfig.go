package repo

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// maxIncludes bounds how deeply configuration files include one another, as
// git does.
const maxIncludes = 10

// UserConfig returns what the system's and the user's configuration files say,
// those they include without a condition too: they belong to the person who
// runs the program, other than a repository's. It heeds GIT_CONFIG_SYSTEM,
// GIT_CONFIG_GLOBAL, GIT_CONFIG_NOSYSTEM, XDG_CONFIG_HOME and HOME. The error
// joins what could not be read; the rest is returned regardless.
func UserConfig(env Env) (*Config, error) {
	l := configLoader{home: env.get("HOME")}
	if no, err := (&Config{items: []configItem{{key: "n", value: env.get("GIT_CONFIG_NOSYSTEM")}}}).Bool("n", false); err != nil || !no {
		system := env.get("GIT_CONFIG_SYSTEM")
		if system == "" {
			system = filepath.FromSlash("/etc/gitconfig")
		}
		l.load(system, 0)
	}
	if global := env.get("GIT_CONFIG_GLOBAL"); global != "" {
		l.load(global, 0)
		return &l.cfg, errors.Join(l.errs...)
	}
	if xdg := env.get("XDG_CONFIG_HOME"); xdg != "" {
		l.load(filepath.Join(xdg, "git", "config"), 0)
	} else if l.home != "" {
		l.load(filepath.Join(l.home, ".config", "git", "config"), 0)
	}
	if l.home != "" {
		l.load(filepath.Join(l.home, ".gitconfig"), 0)
	}
	return &l.cfg, errors.Join(l.errs...)
}

type configLoader struct {
	home string
	cfg  Config
	errs []error
}

func (l *configLoader) load(path string, depth int) {
	if path == "/dev/null" {
		return
	}
	if depth > maxIncludes {
		l.errs = append(l.errs, fmt.Errorf("%s: includes nest too deeply", path))
		return
	}
	cfg, err := readConfigFile(path)
	if err != nil {
		l.errs = append(l.errs, err)
		return
	}
	for _, it := range cfg.items {
		l.cfg.items = append(l.cfg.items, it)
		if it.key != "include.path" || it.value == "" {
			continue
		}
		target := it.value
		if rest, ok := strings.CutPrefix(target, "~/"); ok {
			target = filepath.Join(l.home, rest)
		}
		l.load(under(filepath.Dir(path), target), depth+1)
	}
}

// ExcludesFile returns the file that core.excludesFile of the repository or of
// the user's configuration names, empty if neither does. A leading "~/" means
// HOME; a relative path is seen from the work tree.
func (r *Repo) ExcludesFile(user *Config) string {
	const key = "core.excludesfile"
	path, ok := r.Config.Get(key)
	if !ok && user != nil {
		path, ok = user.Get(key)
	}
	if !ok || path == "" {
		return ""
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return under(r.env.get("HOME"), rest)
	}
	return under(r.WorkTree, path)
}
