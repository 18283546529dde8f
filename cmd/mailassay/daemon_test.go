package main

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// daemon is a real name server that the test has started and may stop, pause and
// start again.
type daemon struct {
	t    *testing.T
	addr netip.Addr
	apex string // a zone that it answers for
	argv []string
	run  *exec.Cmd // nil when it is not running
}

// nsd starts one on port 53 of an address of loopback, which takes root and a network
// of its own, and so do knot and unbound.
func nsd(t *testing.T, addr, apex, zone string) *daemon {
	dir := t.TempDir()
	conf := fmt.Sprintf(`server:
  server-count: 1
  ip-address: %s
  username: ""
  chroot: ""
  pidfile: "%[2]s/pid"
  xfrdfile: "%[2]s/xfrd.state"
  zonelistfile: "%[2]s/zone.list"
  xfrdir: "%[2]s"
  database: ""
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: "%[3]s"
  zonefile: "%[2]s/zone"
`, addr, dir, apex)
	write(t, dir, "zone", zone)
	return start(t, addr, apex, "nsd", "-d", "-c", write(t, dir, "conf", conf))
}

func knot(t *testing.T, addr, apex, zone string) *daemon {
	dir := t.TempDir()
	conf := fmt.Sprintf(`server:
    rundir: "%[2]s"
    listen: %[1]s@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: error
database:
    storage: "%[2]s"
template:
  - id: default
    storage: "%[2]s"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
  - domain: "%[3]s"
    file: "%[2]s/zone"
`, addr, dir, apex)
	write(t, dir, "zone", zone)
	return start(t, addr, apex, "knotd", "-c", write(t, dir, "conf", conf))
}

func unbound(t *testing.T, addr, root string) *daemon {
	dir := t.TempDir()
	conf := fmt.Sprintf(`server:
  interface: %[1]s
  username: ""
  chroot: ""
  directory: "%[2]s"
  pidfile: "%[2]s/pid"
  use-syslog: no
  logfile: ""
  do-ip6: no
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  root-hints: "%[2]s/hints"
  module-config: "iterator"
  local-zone: "test." nodefault
remote-control:
  control-enable: no
`, addr, dir)
	write(t, dir, "hints", ". NS a.root.\na.root. A "+root+"\n")
	return start(t, addr, ".", "unbound", "-d", "-c", write(t, dir, "conf", conf))
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func start(t *testing.T, addr, apex string, argv ...string) *daemon {
	t.Helper()
	if _, err := exec.LookPath(argv[0]); err != nil {
		t.Skipf("%s is not installed", argv[0])
	}
	d := &daemon{t: t, addr: netip.MustParseAddr(addr), apex: apex, argv: argv}
	t.Cleanup(d.kill)
	d.start()
	return d
}

// start runs the server and waits until it answers.
func (d *daemon) start() {
	d.t.Helper()
	d.run = exec.Command(d.argv[0], d.argv[1:]...)
	var said strings.Builder
	d.run.Stderr = &said
	// nsd is several processes: a group of their own takes signals together.
	d.run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.run.Start(); err != nil {
		d.t.Fatal(err)
	}
	var x resolver.Exchanger
	defer x.Close()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(10 * time.Second); ; <-again.C {
		_, err := x.Exchange(d.t.Context(), d.server(), resolver.Ask(d.apex, resolver.TypeNS), resolver.Options{Recurse: true, Timeout: 200 * time.Millisecond})
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			d.kill()
			d.t.Fatalf("%v does not answer: %v: %s", d.argv, err, said.String())
		}
	}
}

func (d *daemon) server() resolver.Server {
	return resolver.Server{Addr: netip.AddrPortFrom(d.addr, 53)}
}

// kill ends the server without giving it the time for anything.
func (d *daemon) kill() {
	if d.run == nil {
		return
	}
	d.signal(syscall.SIGKILL)
	d.run.Wait() //nolint:errcheck // it was killed
	d.run = nil
}

// pause lets the kernel go on taking questions that nobody reads.
func (d *daemon) pause()  { d.signal(syscall.SIGSTOP) }
func (d *daemon) resume() { d.signal(syscall.SIGCONT) }

func (d *daemon) signal(s syscall.Signal) {
	d.t.Helper()
	if err := syscall.Kill(-d.run.Process.Pid, s); err != nil {
		d.t.Errorf("%s: %v", d.argv[0], err)
	}
}
