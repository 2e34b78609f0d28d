package analyzer

import (
	"go/token"
	"net"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A clearText is a credential that is sent over plain http.
type clearText struct {
	pos     token.Pos
	what    string
	host    string
	request token.Pos // of the call that makes the request
}

// requestRows are the functions that make a request which headers can be added
// to: the argument that is the URL.
var requestRows = []sinkRow{
	{pkg: "net/http", funcs: "NewRequest", arg: 1},
	{pkg: "net/http", funcs: "NewRequestWithContext", arg: 2},
}

// clearRequest checks a request for credentials in its headers if it goes to
// another machine in the clear.
func (f *flow) clearRequest(instr ssa.CallInstruction) {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return
	}
	fn := callee(&call.Call)
	if fn == nil || !requestNames[fn.Name()] {
		return
	}
	if pkgPath(fn.Pkg()) != "net/http" {
		f.clearClient(call, fn)
		return
	}
	f.clearBody(call, fn)
	for _, row := range requestRows {
		if !matches(fn, "net/http", row.pkg, row.recv, row.funcs) {
			continue
		}
		host := clearHost(call.Call.Args[row.arg])
		if host == "" {
			return
		}
		for _, ref := range refs(call) {
			if ex, ok := ref.(*ssa.Extract); ok && ex.Index == 0 && !isFormOnly(ex) {
				f.credentialsOf(ex, host, call.Pos())
			}
		}
	}
}

// isFormOnly reports whether a request is made for its headers, which are taken from
// it, and is not given to anything that could send it.
func isFormOnly(req ssa.Value) bool {
	taken := false
	for _, ref := range refs(req) {
		switch ref := ref.(type) {
		case *ssa.Call:
			if receiverOf(&ref.Call) != req {
				return false
			}
		case *ssa.FieldAddr:
			taken = taken || isTaken(ref)
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return taken
}

// isTaken reports whether the headers at a field are used for more than adding to
// them.
func isTaken(at *ssa.FieldAddr) bool {
	for _, use := range refs(at) {
		load, ok := use.(*ssa.UnOp)
		if ok && isHeader(load.Type()) && slices.ContainsFunc(refs(load), func(ref ssa.Instruction) bool { return !addsTo(load, ref) }) {
			return true
		}
	}
	return false
}

// addsTo reports whether an instruction does no more with headers than to add to
// them.
func addsTo(header ssa.Value, instr ssa.Instruction) bool {
	if _, ok := instr.(*ssa.DebugRef); ok {
		return true
	}
	call, ok := instr.(*ssa.Call)
	if !ok || receiverOf(&call.Call) != header {
		return false
	}
	fn := callee(&call.Call)
	return fn != nil && fn.Name() != "Get" && fn.Name() != "Values" && fn.Name() != "Clone"
}

// credentialsOf records the credentials that a request is given.
func (f *flow) credentialsOf(req ssa.Value, host string, made token.Pos) {
	for _, ref := range refs(req) {
		switch ref := ref.(type) {
		case *ssa.Call:
			if fn := callee(&ref.Call); fn == nil || receiverOf(&ref.Call) != req {
				continue
			} else if fn.Name() == "SetBasicAuth" {
				f.clear = append(f.clear, clearText{ref.Pos(), "password", host, made})
			} else if name := f.cookieOf(&ref.Call); fn.Name() == "AddCookie" && name != "" {
				f.clear = append(f.clear, clearText{ref.Pos(), "cookie " + name, host, made})
			}
		case *ssa.FieldAddr:
			for _, use := range refs(ref) {
				switch use := use.(type) {
				case *ssa.UnOp:
					f.headersOf(use, host, made)
				case *ssa.Store:
					f.headersOf(use.Val, host, made)
				}
			}
		}
	}
}

func (f *flow) headersOf(header ssa.Value, host string, made token.Pos) {
	if !isHeader(header.Type()) {
		return
	}
	f.headersSet(header, host, made)
	for _, ref := range refs(header) {
		call, ok := ref.(*ssa.Call)
		if !ok || receiverOf(&call.Call) != header {
			continue
		}
		fn, args := callee(&call.Call), arguments(&call.Call)
		if fn == nil || fn.Name() != "Set" && fn.Name() != "Add" || len(args) != 2 {
			continue
		}
		if name, ok := constString(args[0]); ok && f.classify(name) != notSecret {
			f.clear = append(f.clear, clearText{call.Pos(), "header " + name, host, made})
		}
	}
}

// clearHost returns the host of a URL over plain http if it is known and not
// this machine, else nothing.
func clearHost(url ssa.Value) string {
	prefix := constPrefix(url)
	if prefix == "" {
		prefix = builtPrefix(url)
	}
	rest, ok := strings.CutPrefix(prefix, "http://")
	if !ok {
		rest, ok = strings.CutPrefix(prefix, "ws://")
	}
	if !ok {
		return ""
	}
	host, _, whole := strings.Cut(rest, "/")
	if !whole && !isConst(url) {
		return "" // what follows may belong to the host
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if isLocalHost(host) {
		return ""
	}
	return host
}

// isLocalHost reports whether a host is this machine, a name that stands for a
// socket, or none at all.
func isLocalHost(host string) bool {
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast()
	}
	switch host {
	case "", "localhost", "unix", "docker", "socket", "pipe", "d", "dummy", "ignored", "host.docker.internal":
		return true
	}
	for _, suffix := range [...]string{".localhost", ".example", ".invalid", "example.com", "example.org", "example.net", "metadata.google.internal"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
