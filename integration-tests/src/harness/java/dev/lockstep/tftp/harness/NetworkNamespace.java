package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;

/** A second network on this machine, connected by a virtual Ethernet cable with its MTU. Needs root and {@code ip}. */
public final class NetworkNamespace implements AutoCloseable {
    private final String name = "lockstep" + ProcessHandle.current().pid() % 10000;
    private final String cable = "ls" + ProcessHandle.current().pid() % 10000;
    private final String prefix = "198.18." + ProcessHandle.current().pid() % 250 + ".";
    private final String prefix6 = "fd00:198:" + ProcessHandle.current().pid() % 250 + "::";

    public NetworkNamespace(int mtu) {
        needed();
        ip("netns", "add", name);
        ip("link", "add", near(), "type", "veth", "peer", "name", far(), "netns", name);
        ip("addr", "add", prefix + "1/24", "brd", "+", "dev", near());
        ip("-6", "addr", "add", prefix6 + "1/64", "dev", near(), "nodad");
        ip("link", "set", near(), "mtu", Integer.toString(mtu), "up");
        ip("-n", name, "addr", "add", prefix + "2/24", "brd", "+", "dev", far());
        ip("-n", name, "-6", "addr", "add", prefix6 + "2/64", "dev", far(), "nodad");
        ip("-n", name, "link", "set", far(), "mtu", Integer.toString(mtu), "up");
        ip("-n", name, "link", "set", "lo", "up");
    }

    /** Requires the programs and rights to create a network namespace, and more programs. */
    public static void needed(String... programs) {
        Tool.needed(Stream.concat(Stream.of(Tool.ROOT, "ip", "unshare"), Stream.of(programs))
                .toArray(String[]::new));
        Tool.require(Run.run("unshare", "-n", "true").exit() == 0, "the right to make a network namespace");
    }

    /** Adds an address to the far end, in the form of {@code ip addr add}. */
    public void addTheirAddress(String addressAndPrefix) {
        ip(
                "-n",
                name,
                "addr",
                "add",
                addressAndPrefix,
                "dev",
                far(),
                addressAndPrefix.contains(":") ? "nodad" : "noprefixroute");
    }

    /** Returns the command prefix that runs a command in the namespace. */
    public List<String> starter() {
        return List.of("ip", "netns", "exec", name);
    }

    public String ourAddress() {
        return prefix + "1";
    }

    public String ourAddress6() {
        return prefix6 + "1";
    }

    public String theirAddress() {
        return prefix + "2";
    }

    public String theirAddress6() {
        return prefix6 + "2";
    }

    public String broadcastAddress() {
        return prefix + "255";
    }

    /** Returns the interface at this end. */
    public String near() {
        return cable + "a";
    }

    /** Returns the interface at the far end. */
    public String far() {
        return cable + "b";
    }

    private static void ip(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Run.Result result = Run.run(command);
        assertThat(result.exit())
                .as(String.join(" ", command) + ": " + result.stderr())
                .isZero();
    }

    @Override
    public void close() {
        Run.run("ip", "link", "del", near());
        ip("netns", "del", name);
    }
}
