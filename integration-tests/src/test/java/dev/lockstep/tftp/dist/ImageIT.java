package dev.lockstep.tftp.dist;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lockstep.tftp.harness.ControlGroup;
import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The images of the daemon. crun runs one with the settings of the Kubernetes manifests. */
@Timeout(600)
@Tag("dist")
class ImageIT {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final long MOST_BYTES = 90_000_000;
    /** crun needs control groups of version 2, even if it makes none. */
    private static final String NETWORK_AND_GROUPS =
            "ip link set lo up; mount --make-rprivate /; mount -t cgroup2 cgroup2 /sys/fs/cgroup; exec \"$@\"";

    @TempDir
    private Path folder;

    /** Unpacks an image into {@code root} and returns its configuration. */
    private JsonObject unpack(Path image) throws IOException {
        Run.run("tar", "-xf", image.toString(), "-C", folder.toString()).assertExit(0);
        JsonObject manifest = JsonParser.parseString(Files.readString(folder.resolve("manifest.json")))
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject();
        Path root = Files.createDirectory(folder.resolve("root"));
        for (JsonElement layer : manifest.getAsJsonArray("Layers")) {
            Run.run("tar", "-xf", folder.resolve(layer.getAsString()).toString(), "-C", root.toString())
                    .assertExit(0);
        }
        return JsonParser.parseString(
                        Files.readString(folder.resolve(manifest.get("Config").getAsString())))
                .getAsJsonObject();
    }

    private static List<String> strings(JsonElement array) {
        return array.getAsJsonArray().asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }

    @Test
    void the_image_is_small_labelled_and_belongs_to_root() throws IOException {
        expectSmallAndLabelled("amd64");
    }

    @Test
    @Tag("dist-full")
    void the_image_for_arm64_is_small_labelled_and_belongs_to_root() throws IOException {
        expectSmallAndLabelled("arm64");
    }

    private void expectSmallAndLabelled(String architecture) throws IOException {
        Path image = Packages.image(architecture);
        assertThat(Files.size(image)).isLessThan(MOST_BYTES);
        JsonObject all = unpack(image);
        assertThat(all.get("architecture").getAsString()).isEqualTo(architecture);
        JsonObject config = all.getAsJsonObject("config");
        assertThat(config.get("User").getAsString()).isEqualTo("10069:10069");
        assertThat(config.getAsJsonObject("ExposedPorts").keySet()).containsExactlyInAnyOrder("6969/udp", "8700/tcp");
        JsonObject labels = config.getAsJsonObject("Labels");
        assertThat(labels.get("org.opencontainers.image.version").getAsString()).isEqualTo(Packages.VERSION);
        assertThat(labels.get("org.opencontainers.image.url").getAsString()).isEqualTo("https://lockstep.dev");
        String writable = Run.run("find", folder.resolve("root").toString(), "-perm", "/022", "!", "-type", "l")
                .assertExit(0)
                .output();
        assertThat(writable).isEmpty();
        try (Stream<Path> files = Files.walk(folder.resolve("root"))) {
            assertThat(files.map(file -> file.getFileName().toString())).doesNotContain("sh", "bash", "busybox");
        }
    }

    /**
     * Returns the configuration of an OCI runtime for the image, the container of the pod and the files to serve. The
     * control group of the test limits the memory.
     */
    private static JsonObject bundle(JsonObject image, JsonObject pod, Path served) {
        JsonObject container = pod.getAsJsonArray("containers").get(0).getAsJsonObject();
        JsonObject rights = container.getAsJsonObject("securityContext");
        List<String> arguments = new ArrayList<>(strings(image.get("Entrypoint")));
        arguments.addAll(strings(container.get("args")));
        JsonObject user = pod.getAsJsonObject("securityContext");
        Map<String, Object> process = Map.of(
                "terminal", false,
                "user", Map.of("uid", user.get("runAsUser"), "gid", user.get("runAsGroup")),
                "args", arguments,
                "env", strings(image.get("Env")),
                "cwd", image.get("WorkingDir"),
                "noNewPrivileges", !rights.get("allowPrivilegeEscalation").getAsBoolean(),
                "capabilities", Map.of("bounding", List.of(), "effective", List.of(), "permitted", List.of()));
        JsonArray mounts = new JsonArray();
        mounts.add(mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"));
        mounts.add(mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"));
        for (JsonElement element : container.getAsJsonArray("volumeMounts")) {
            JsonObject volume = element.getAsJsonObject();
            mounts.add(mount(
                    volume.get("mountPath").getAsString(),
                    "none",
                    served.toString(),
                    "bind",
                    volume.get("readOnly").getAsBoolean() ? "ro" : "rw"));
        }
        // the network namespace is that of the test
        List<Map<String, String>> namespaces = Stream.of("pid", "ipc", "uts", "mount")
                .map(type -> Map.of("type", type))
                .toList();
        return new Gson()
                .toJsonTree(Map.of(
                        "ociVersion",
                        "1.0.2",
                        "process",
                        process,
                        "root",
                        Map.of("path", "root", "readonly", rights.get("readOnlyRootFilesystem")),
                        "mounts",
                        mounts,
                        "linux",
                        Map.of("namespaces", namespaces)))
                .getAsJsonObject();
    }

    private static long memoryLimit(JsonObject pod) {
        String memory = pod.getAsJsonArray("containers")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("resources")
                .getAsJsonObject("limits")
                .get("memory")
                .getAsString();
        assertThat(memory).endsWith("Mi");
        return Long.parseLong(memory.substring(0, memory.length() - 2)) << 20;
    }

    private static JsonObject mount(String destination, String type, String source, String... options) {
        return new Gson()
                .toJsonTree(
                        Map.of("destination", destination, "type", type, "source", source, "options", List.of(options)))
                .getAsJsonObject();
    }

    /** Returns the pod of the manifests. */
    private static JsonObject pod() throws IOException {
        Object yaml =
                new Yaml().load(Files.readString(Repository.ROOT.resolve("server/deploy/kubernetes/deployment.yaml")));
        return new Gson()
                .toJsonTree(yaml)
                .getAsJsonObject()
                .getAsJsonObject("spec")
                .getAsJsonObject("template")
                .getAsJsonObject("spec");
    }

    private List<String> crun() {
        return List.of(Tool.named("crun"), "--root", folder.resolve("state").toString(), "--cgroup-manager=disabled");
    }

    /** The container has no Java options of the tests, so it runs as its users run it. */
    private Run startContainer(ControlGroup group, String id, JsonObject bundle) throws IOException {
        Files.writeString(folder.resolve("config.json"), bundle.toString());
        List<String> command = new ArrayList<>(group.starter());
        command.addAll(List.of("unshare", "-n", "-m", "sh", "-euc", NETWORK_AND_GROUPS, "sh"));
        command.addAll(crun());
        command.addAll(List.of("run", "--bundle", folder.toString(), id));
        return Run.start(folder, Map.of(), command);
    }

    private static List<String> inside(Run container) {
        return List.of("nsenter", "-n", "-m", "-t", "" + container.pid());
    }

    private void terminate(Run container, String id) {
        List<String> kill = new ArrayList<>(inside(container));
        kill.addAll(crun());
        run(kill, "kill", id, "TERM").assertExit(0);
    }

    private Path served(byte[] content) throws IOException {
        Path served = Files.createDirectory(folder.resolve("served"));
        Files.write(served.resolve("file"), content);
        return served.toRealPath();
    }

    @Test
    void the_pod_serves_answers_its_probes_and_drains() throws IOException {
        NetworkNamespace.needed("nsenter", "crun", "curl");
        JsonObject image = unpack(Packages.image("amd64")).getAsJsonObject("config");
        byte[] content = pattern(20_000_000);
        JsonObject bundle = bundle(image, pod(), served(content));
        String id = "lockstep-" + UUID.randomUUID();
        try (ControlGroup group = ControlGroup.limited(memoryLimit(pod()));
                Run container = startContainer(group, id, bundle)) {
            try {
                container.awaitLine("\"event\":\"probe_listening\"");
                List<String> inside = inside(container);
                run(inside, "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8700").assertExit(0);
                Run.Result got = run(inside, "curl", "-sS", "--max-time", "60", "tftp://127.0.0.1:6969/file");
                assertThat(got.assertExit(0).stdout()).isEqualTo(content);

                List<String> slow = new ArrayList<>(inside);
                slow.addAll(List.of("curl", "-sS", "--tftp-blksize", "512", "tftp://127.0.0.1:6969/file"));
                try (Run draining = Run.start(folder, Map.of(), slow)) {
                    assertThat(draining.awaitOutput(text -> !text.isEmpty(), Run.LIMIT))
                            .isTrue();
                    terminate(container, id);
                    assertThat(draining.await().assertExit(0).stdout()).isEqualTo(content);
                }
                Run.Result end = container.await().assertExit(0);
                assertThat(end.stderr().lines())
                        .as("only JSON in the log")
                        .allSatisfy(
                                line -> assertThat(JsonParser.parseString(line).isJsonObject())
                                        .isTrue());
            } finally {
                container.kill();
            }
        }
    }

    /** Half of the memory of the manifests; the container ends as the test asks it to, not by a signal of the kernel. */
    @Test
    void a_limit_of_128_mib_is_enough_for_a_thousand_transfers() throws IOException {
        NetworkNamespace.needed("nsenter", "crun");
        JsonObject image = unpack(Packages.image("amd64")).getAsJsonObject("config");
        Path served = served(pattern(1 << 19));
        JsonObject bundle = bundle(image, pod(), served);
        String id = "lockstep-" + UUID.randomUUID();
        String tftp = Repository.ROOT.resolve("client/bin/tftp").toString();
        try (ControlGroup group = ControlGroup.limited(128 << 20);
                Run container = startContainer(group, id, bundle)) {
            try {
                container.awaitLine("\"event\":\"probe_listening\"");
                run(
                                inside(container),
                                tftp,
                                "load",
                                "--concurrency=1000",
                                "--transfers=2000",
                                "--verify=" + served.resolve("file"),
                                "tftp://127.0.0.1:6969/file")
                        .assertExit(0);
                terminate(container, id);
                container.await().assertExit(0);
            } finally {
                container.kill();
            }
        }
    }

    /** The emulator runs the program as far as its answer to {@code --version}. */
    @Test
    @Tag("dist-full")
    void the_image_for_arm64_runs_in_an_emulator() throws IOException {
        String emulator = Tool.named("qemu-aarch64-static");
        JsonObject image = unpack(Packages.image("arm64")).getAsJsonObject("config");
        Path root = folder.resolve("root");
        List<String> command = new ArrayList<>(List.of(emulator, "-L", root.toString()));
        strings(image.get("Entrypoint")).forEach(word -> command.add(word.replace("/usr/lib/", root + "/usr/lib/")));
        command.add("--version");
        try (Run run = Run.start(folder, Map.of("LC_ALL", "C.UTF-8"), command)) {
            assertThat(run.await(LIMIT).assertExit(0).output()).contains(Packages.VERSION);
        }
    }

    private Run.Result run(List<String> starter, String... arguments) {
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of(arguments));
        try (Run run = Run.start(folder, Map.of(), command)) {
            return run.await();
        }
    }
}
