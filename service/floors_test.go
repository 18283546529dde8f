package service_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/mailassay/mailassay/"

// floors is the architecture: a package imports only packages of lower floors.
// Packages of one floor do not know one another, but for the pairs in beside.
var floors = map[string]int{
	"resolver": 1,

	"resolver/dnstest":  2,
	"service/finding":   2,
	"service/arc":       2,
	"service/authres":   2,
	"service/dkim":      2,
	"service/dmarc":     2,
	"service/dnsbl":     2,
	"service/iprev":     2,
	"service/orgdomain": 2,
	"service/spf":       2,

	"service/domain": 3,
	"service/sender": 3,

	"service/smtperror": 4,

	"service": 5,

	"cmd/mailassay": 6,

	"proto/mailassay/v1": 0,
}

// beside are the permitted imports within a floor.
var beside = map[string][]string{
	"service/arc":   {"service/dkim"},      // canonicalisation, tag lists and keys are DKIM's
	"service/dkim":  {"service/orgdomain"}, // names in a message are spelled alike everywhere
	"service/spf":   {"service/orgdomain"},
	"service/dmarc": {"service/orgdomain"}, // the author domain's spelling, and the list that RFC 7489 rests on
}

// owners are the only packages (and their tests) that may import a library.
var owners = map[string][]string{
	"github.com/miekg/dns":       {"resolver", "resolver/dnstest"},
	"google.golang.org/grpc":     {"service", "cmd/mailassay", "proto/mailassay/v1"},
	"google.golang.org/protobuf": {"service", "cmd/mailassay", "proto/mailassay/v1"},
	"google.golang.org/genproto": {"service", "cmd/mailassay"},
	"go.uber.org/zap":            {"service", "cmd/mailassay"},
}

// TestFloors fails when a package imports what its floor may not, and names both.
func TestFloors(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata" || d.Name() == "tools" || d.Name() == "bench") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		pkg := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, "../")))
		seen[pkg] = true
		test := strings.HasSuffix(path, "_test.go")
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if why := refuse(pkg, imported, test); why != "" {
				t.Errorf("%s imports %s: %s", path, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range seen {
		if _, ok := floors[pkg]; !ok {
			t.Errorf("%s has no floor: give it one in floors_test.go", pkg)
		}
	}
}

func refuse(pkg, imported string, test bool) string {
	for library, may := range owners {
		if strings.HasPrefix(imported, library) && !slices.Contains(may, pkg) {
			return "only " + strings.Join(may, ", ") + " may"
		}
	}
	target, own := strings.CutPrefix(imported, module)
	if !own || target == pkg {
		return ""
	}
	if test && target == "resolver/dnstest" {
		return "" // zones are for the tests of every floor
	}
	if target == "proto/mailassay/v1" && floors[pkg] < floors["service"] {
		return "the wire types are for service and cmd"
	}
	if floors[target] < floors[pkg] || slices.Contains(beside[pkg], target) {
		return ""
	}
	return "it is not on a lower floor"
}

// TestRefuseNamesWrongImports shows that the guard bites.
func TestRefuseNamesWrongImports(t *testing.T) {
	for _, c := range []struct {
		pkg, imported string
		wrong         bool
	}{
		{"service/spf", "github.com/miekg/dns", true},
		{"resolver", "github.com/miekg/dns", false},
		{"service/domain", "google.golang.org/grpc/codes", true},
		{"service/spf", module + "service/dmarc", true},
		{"service/arc", module + "service/dkim", false},
		{"service/dkim", module + "service/arc", true},
		{"service/domain", module + "service/sender", true},
		{"service/smtperror", module + "service/domain", false},
		{"resolver", module + "service/finding", true},
		{"service/domain", module + "proto/mailassay/v1", true},
		{"service", module + "proto/mailassay/v1", false},
	} {
		if got := refuse(c.pkg, c.imported, false) != ""; got != c.wrong {
			t.Errorf("%s importing %s: refused %v", c.pkg, c.imported, got)
		}
	}
}
