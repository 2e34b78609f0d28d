package analyzer

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// logSinks are the functions that write their arguments to a log, an error or
// an answer. Methods of loggers are known by their shape, see loggerSink.
var logSinks = []sinkRow{
	{pkg: "log", recv: "*", funcs: "Print Println Fatal Fatalln Panic Panicln Output", kind: sinkLog},
	{pkg: "log", recv: "*", funcs: "Printf Fatalf Panicf", kind: sinkLog, format: true},
	{pkg: "log/slog", recv: "*", funcs: "Debug Info Warn Error With", kind: sinkLog},
	{pkg: "log/slog", recv: "*", funcs: "DebugContext InfoContext WarnContext ErrorContext", kind: sinkLog, arg: 1},
	{pkg: "log/slog", recv: "*", funcs: "Log LogAttrs", kind: sinkLog, arg: 2},
	{pkg: "fmt", funcs: "Print Println", kind: sinkLog},
	{pkg: "fmt", funcs: "Printf", kind: sinkLog, format: true},
	{pkg: "fmt", funcs: "Errorf", kind: sinkError, format: true},
	{pkg: "errors", funcs: "New", kind: sinkError},
	{pkg: "github.com/pkg/errors|golang.org/x/xerrors|github.com/cockroachdb/errors|github.com/go-errors/errors|github.com/juju/errors", funcs: "New", kind: sinkError},
	{pkg: "github.com/pkg/errors|golang.org/x/xerrors|github.com/cockroachdb/errors|github.com/go-errors/errors|github.com/juju/errors", funcs: "Errorf", kind: sinkError, format: true},
	{pkg: "github.com/pkg/errors|github.com/cockroachdb/errors|github.com/juju/errors", funcs: "Wrap WithMessage Annotate", kind: sinkError, arg: 1},
	{pkg: "github.com/pkg/errors|github.com/cockroachdb/errors|github.com/juju/errors", funcs: "Wrapf WithMessagef Annotatef", kind: sinkError, arg: 1, format: true},
	{pkg: "google.golang.org/grpc/status", funcs: "Error", kind: sinkError, arg: 1},
	{pkg: "google.golang.org/grpc/status", funcs: "Errorf Newf", kind: sinkError, arg: 1, format: true},
	{pkg: "google.golang.org/grpc/status", funcs: "New", kind: sinkError, arg: 1},
	{pkg: "github.com/labstack/echo", funcs: "NewHTTPError", kind: sinkError, arg: 1},
	{pkg: "net/http", funcs: "Error", kind: sinkResponse, arg: 1, one: true},
	{pkg: "expvar", recv: "String", funcs: "Set", kind: sinkLog},
	{pkg: "testing", recv: "*", funcs: "Log Error Fatal Skip", kind: sinkLog},
	{pkg: "testing", recv: "*", funcs: "Logf Errorf Fatalf Skipf", kind: sinkLog, format: true},
	{pkg: "k8s.io/klog|github.com/golang/glog", recv: "*", funcs: "Info Infoln Warning Warningln Error Errorln Fatal Fatalln Exit Exitln InfoS", kind: sinkLog},
	{pkg: "k8s.io/klog|github.com/golang/glog", recv: "*", funcs: "Infof Warningf Errorf Fatalf Exitf", kind: sinkLog, format: true},
	{pkg: "k8s.io/klog", recv: "*", funcs: "ErrorS", kind: sinkLog, arg: 1},
	{pkg: "k8s.io/klog|github.com/golang/glog", recv: "*", funcs: "InfoDepth WarningDepth ErrorDepth FatalDepth", kind: sinkLog, arg: 1},
	{pkg: "github.com/rs/zerolog", recv: "Event", funcs: "Str Strs Bytes Hex RawJSON Interface Any Msg Stringer", kind: sinkLog},
	{pkg: "github.com/rs/zerolog", recv: "Event", funcs: "Msgf", kind: sinkLog, format: true},
	{pkg: "github.com/rs/zerolog", recv: "Context", funcs: "Str Strs Bytes Hex RawJSON Interface Any", kind: sinkLog},
	{pkg: "github.com/sirupsen/logrus|github.com/apex/log|github.com/phuslu/log", recv: "*", funcs: "WithField WithFields", kind: sinkLog},
	{pkg: "github.com/sirupsen/logrus|github.com/apex/log|github.com/charmbracelet/log|github.com/phuslu/log|github.com/golang/glog|github.com/hashicorp/go-hclog", funcs: "Debug Info Print Warn Warning Error Fatal Panic Trace Debugln Infoln With", kind: sinkLog},
	{pkg: "github.com/sirupsen/logrus|github.com/apex/log|github.com/charmbracelet/log", funcs: "Debugf Infof Printf Warnf Warningf Errorf Fatalf Panicf Tracef", kind: sinkLog, format: true},
	{pkg: "github.com/go-kit/log|github.com/go-kit/kit/log", recv: "*", funcs: "Log With WithPrefix", kind: sinkLog},
	{pkg: "github.com/go-logr/logr", recv: "Logger", funcs: "Info WithValues", kind: sinkLog},
	{pkg: "github.com/go-logr/logr", recv: "Logger", funcs: "Error", kind: sinkLog, arg: 1},
	{pkg: "github.com/prometheus/client_golang/prometheus", recv: "*", funcs: "WithLabelValues With CurryWith", kind: sinkLog},
	{pkg: "go.opentelemetry.io/otel/trace", recv: "*", funcs: "SetAttributes AddEvent", kind: sinkLog},
	{pkg: "go.opentelemetry.io/otel/trace", recv: "*", funcs: "SetStatus", kind: sinkLog, arg: 1},
	{pkg: "github.com/opentracing/opentracing-go", recv: "*", funcs: "SetTag LogKV", kind: sinkLog},
	{pkg: "go.opentelemetry.io/otel/trace", recv: "Tracer", funcs: "Start", kind: sinkLog, arg: 1},
	{pkg: "log", funcs: "New", kind: sinkLog, arg: 1, one: true},
	{pkg: "log", recv: "*", funcs: "SetPrefix", kind: sinkLog},
	{pkg: "expvar", funcs: "Publish", kind: sinkLog, arg: 1, one: true},
	{pkg: "expvar", recv: "Map", funcs: "Add AddFloat Set", kind: sinkLog, one: true},
	{pkg: "github.com/rs/zerolog", recv: "*", funcs: "Fields", kind: sinkLog},
	{pkg: "go.uber.org/zap/zapcore", recv: "*", funcs: "AddString AddByteString AddBinary AddReflected", kind: sinkLog, arg: 1},
	{pkg: "go.uber.org/zap/zapcore", recv: "CheckedEntry", funcs: "Write", kind: sinkLog},
	{pkg: cobraPackage, recv: "Command", funcs: "Print Println PrintErr PrintErrln", kind: sinkLog},
	{pkg: cobraPackage, recv: "Command", funcs: "Printf PrintErrf", kind: sinkLog, format: true},
}

// writerSinks are the prints whose first argument says where they go.
var writerSinks = []sinkRow{
	{pkg: "fmt", funcs: "Fprint Fprintln", kind: sinkLog, arg: 1},
	{pkg: "fmt", funcs: "Fprintf", kind: sinkLog, arg: 1, format: true},
	{pkg: "io", funcs: "WriteString", kind: sinkLog, arg: 1},
}

// urlSinks are the functions that request a URL.
var urlSinks = []sinkRow{
	{pkg: "net/http", funcs: "Get Head Post PostForm", kind: sinkURL, arg: 0, one: true},
	{pkg: "net/http", recv: "Client", funcs: "Get Head Post PostForm", kind: sinkURL, arg: 0, one: true},
	{pkg: "net/http", funcs: "NewRequest", kind: sinkURL, arg: 1, one: true},
	{pkg: "net/http", funcs: "NewRequestWithContext", kind: sinkURL, arg: 2, one: true},
	{pkg: "net/http/httptest", funcs: "NewRequest", kind: sinkURL, arg: 1, one: true},
	{pkg: "net/http", funcs: "Redirect", kind: sinkURL, arg: 2, one: true},
	{pkg: "github.com/gorilla/websocket", recv: "Dialer", funcs: "Dial", kind: sinkURL, arg: 0, one: true},
	{pkg: "github.com/gorilla/websocket", recv: "Dialer", funcs: "DialContext", kind: sinkURL, arg: 1, one: true},
	{pkg: "nhooyr.io/websocket|github.com/coder/websocket", funcs: "Dial", kind: sinkURL, arg: 1, one: true},
	{pkg: "golang.org/x/net/websocket", funcs: "Dial NewConfig", kind: sinkURL, arg: 0, one: true},
	{pkg: "github.com/go-resty/resty|resty.dev|github.com/imroc/req", recv: "Request", funcs: "Get Post Put Delete Patch Head Options", kind: sinkURL, arg: 0, one: true},
	{pkg: "github.com/go-resty/resty|resty.dev|github.com/imroc/req", recv: "Request", funcs: "SetQueryParam AddQueryParam", kind: sinkURL, arg: 1, one: true},
	{pkg: "github.com/go-resty/resty|resty.dev|github.com/imroc/req", recv: "Request", funcs: "SetQueryParams SetQueryString", kind: sinkURL, arg: 0, one: true},
	{pkg: "github.com/hashicorp/go-retryablehttp", recv: "*", funcs: "Get Head Post PostForm", kind: sinkURL, arg: 0, one: true},
	{pkg: "github.com/hashicorp/go-retryablehttp", funcs: "NewRequest", kind: sinkURL, arg: 1, one: true},
	{pkg: "github.com/hashicorp/go-retryablehttp", funcs: "NewRequestWithContext", kind: sinkURL, arg: 2, one: true},
	{pkg: "net/http", recv: "Header", funcs: "Set", kind: sinkURL, arg: 1, one: true}, // of Location, see refine
	{pkg: "github.com/go-resty/resty|resty.dev|github.com/imroc/req", recv: "Request", funcs: "SetPathParam", kind: sinkURL, arg: 1, one: true},
	{pkg: "github.com/imroc/req", funcs: "Get Post Put Delete Patch Head Options", kind: sinkURL, arg: 0, one: true},
	{pkg: "github.com/gobwas/ws", recv: "Dialer", funcs: "Dial", kind: sinkURL, arg: 1, one: true},
	{pkg: "github.com/gobwas/ws", funcs: "Dial", kind: sinkURL, arg: 1, one: true},
	{pkg: "github.com/dghubble/sling", recv: "Sling", funcs: "Base Get Post Put Delete Patch Head", kind: sinkURL, arg: 0, one: true},
}

// sinkOf returns what a call does with its arguments, nil if it is no sink.
func (f *flow) sinkOf(call *ssa.CallCommon) *sinkRow {
	fn := callee(call)
	if fn == nil {
		return unnamedSink(call)
	}
	if row, ok := f.sinkMemo[fn]; ok && row != nil {
		return f.refine(row, call)
	} else if ok {
		return nil
	}
	row := f.findSink(fn)
	f.sinkMemo[fn] = row
	if row == nil {
		return nil
	}
	return f.refine(row, call)
}

func (f *flow) findSink(fn *types.Func) *sinkRow {
	path := pkgPath(fn.Pkg())
	for _, rows := range [...][]sinkRow{logSinks, writerSinks, streamSinks, urlSinks, f.sinks} {
		for i := range rows {
			if rows[i].kind != sinkCredential && matches(fn, path, rows[i].pkg, rows[i].recv, rows[i].funcs) {
				return &rows[i]
			}
		}
	}
	return loggerSink(fn)
}

// refine decides by the arguments of a call whether it is a sink: by the first of a
// print where it goes.
func (f *flow) refine(row *sinkRow, call *ssa.CallCommon) *sinkRow {
	switch {
	case row.funcs == "Write" || row.pkg == "os":
		return refineStream(row, call)
	case row.kind == sinkURL && row.recv == "Header":
		if args := arguments(call); len(args) != 2 || !isLocation(args[0]) {
			return nil
		}
		return row
	case row.kind == sinkURL && row.funcs == "SetPathParam":
		if args := arguments(call); len(args) != 2 || f.isResource(args[1]) {
			return nil
		}
		return row
	}
	if !inPackage(row.pkg, "fmt") && !inPackage(row.pkg, "io") || row.arg != 1 || row.kind != sinkLog {
		return row
	}
	args := arguments(call)
	if len(args) == 0 {
		return nil
	}
	switch writerKind(args[0]) {
	case sinkLog:
		return row
	case sinkResponse:
		out := *row
		out.kind = sinkResponse
		return &out
	}
	return nil
}

// isLocation reports whether v is the name of the header to which a client is
// sent on.
func isLocation(v ssa.Value) bool {
	name, ok := constString(v)
	return ok && strings.EqualFold(name, "Location")
}

// isResource reports whether a variable or field is named for the name of something,
// also of a session.
func (f *flow) isResource(v ssa.Value) bool {
	return endsIn(splitName(f.nameOfValue(v)), "id")
}

// writerKind says what a writer is: standard output, an answer, or neither.
func writerKind(w ssa.Value) sinkKind {
	for {
		switch x := w.(type) {
		case *ssa.MakeInterface:
			w = x.X
			continue
		case *ssa.ChangeInterface:
			w = x.X
			continue
		case *ssa.UnOp:
			if g, ok := x.X.(*ssa.Global); ok && g.Pkg.Pkg.Path() == "os" && (g.Name() == "Stdout" || g.Name() == "Stderr") {
				return sinkLog
			}
		}
		break
	}
	if n := named(w.Type()); n != nil && n.Obj().Name() == "ResponseWriter" {
		return sinkResponse
	}
	return 0
}

// loggerSink knows a method of a logger by its shape: Debug, Infof, Errorw and
// the like of a type that is called a logger.
func loggerSink(fn *types.Func) *sinkRow {
	recv := receiver(fn)
	if recv == "" || !isLoggerName(recv) {
		return nil
	}
	sig := fn.Type().(*types.Signature)
	name := strings.TrimSuffix(strings.TrimSuffix(fn.Name(), "Context"), "Ctx")
	base := name
	format := false
	switch {
	case levels[base]:
	case strings.HasSuffix(base, "ln") && levels[base[:len(base)-2]], strings.HasSuffix(base, "w") && levels[base[:len(base)-1]]:
	case strings.HasSuffix(base, "f") && levels[base[:len(base)-1]]:
		format = true
	default:
		return nil
	}
	if sig.Params().Len() == 0 {
		return nil
	}
	row := &sinkRow{kind: sinkLog, format: format}
	if typeName(sig.Params().At(0).Type()) == "Context" || isError(sig.Params().At(0).Type()) {
		row.arg = 1
	}
	return row
}

func isLoggerName(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, "logger") || strings.HasSuffix(lower, "logging") || lower == "log" || lower == "entry" || lower == "printer" || strings.HasSuffix(lower, "logadapter")
}

var levels = words("Debug Info Print Warn Warning Error Fatal Panic Trace Notice Critical Verbose Log DPanic With WithValues WithFields WithField WithPrefix")
