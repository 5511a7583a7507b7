package dev.lockstep.tftp.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.InProcess;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.SharedDaemon;
import dev.lockstep.tftp.harness.Tool;
import io.kubernetes.client.openapi.models.V1Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The command {@code tftp load} as a process: its streams, its exit status, signals and descriptors. */
class LoadCommandIT {
    private static final int FILES = 10;
    private static final int SHARED_FILES = 42;

    private static final Path JOB = Repository.ROOT.resolve("client/deploy/kubernetes/load-test.yaml");

    @RegisterExtension
    private static final SharedDaemon DAEMON = SharedDaemon.serving().files(root -> {
        for (int n = 0; n < FILES; n++) {
            Files.write(root.resolve("boot-" + n + ".img"), new byte[5000]);
            Files.write(root.resolve("slow-" + n + ".img"), new byte[5000]);
        }
        for (int n = 0; n < SHARED_FILES; n++) {
            Files.write(root.resolve("shared-" + n + ".img"), new byte[100]);
        }
    });

    @TempDir
    private Path folder;

    private static String uri(String file) {
        return "tftp://127.0.0.1:" + DAEMON.port() + "/" + file;
    }

    private Run.Result load(String... arguments) {
        try (Run run = ClientProcess.tftp(folder, arguments)) {
            return run.await();
        }
    }

    private static long number(String field, String json) {
        Matcher matcher = Pattern.compile("^  \"" + field + "\" : (\\d+)", Pattern.MULTILINE)
                .matcher(json);
        assertThat(matcher.find()).as(json).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void json_on_standard_output_is_alone_there_and_tolerated_failures_exit_with_0() {
        Run.Result result = load(
                "load",
                uri("boot-{n}.img"),
                "--transfers",
                "20",
                "--concurrency",
                "2",
                "--json",
                "-",
                "--fail-if",
                "failures > 50%");
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.output()).startsWith("{").endsWith("}\n");
        assertThat(number("completed", result.output())).isEqualTo(FILES);
        assertThat(number("failed", result.output())).isEqualTo(20 - FILES);
        assertThat(result.output())
                .contains("\"command\" : \"tftp load '" + uri("boot-{n}.img") + "' --transfers 20 ")
                .contains("--json - --fail-if 'failures > 50%'\"");
        assertThat(result.stderr())
                .startsWith("ok           failures > 50%: 50.00 %\nfailed       10 × ")
                .contains("10 complete, 10 failed");
    }

    @Test
    void a_condition_that_holds_exits_with_1() {
        Run.Result result = load(
                "load",
                uri("boot-1.img"),
                "--transfers",
                "5",
                "--quiet",
                "--fail-if",
                "p99>1us",
                "--fail-if",
                "rate<0.01");
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).startsWith("tftp: --fail-if p99>1us: ").hasLineCount(1);
        assertThat(result.output()).isEmpty();
    }

    @Test
    void a_signal_keeps_what_was_measured() throws Exception {
        try (Run run = ClientProcess.tftp(
                folder, "load", uri("slow-{n}.img"), "--rate", "5", "--transfers", "500", "--json", "load.json")) {
            DAEMON.awaitLine("the sixth file", line -> line.contains("slow-5.img"));
            run.terminate();
            Run.Result result = run.await();
            assertThat(result.exit()).as(result.toString()).isEqualTo(143);
            String json = Files.readString(folder.resolve("load.json"));
            assertThat(number("completed", json)).isBetween(4L, (long) FILES);
            assertThat(result.output()).contains("transfers    " + number("completed", json) + " complete, ");
        }
    }

    @Test
    void transfers_beyond_the_descriptors_are_counted_as_not_started() {
        String command = Repository.ROOT.resolve("client/bin/tftp") + " load " + uri("boot-1.img")
                + " --rate 1000 --transfers 1000 --delay 100 --json -";
        try (Run run = Run.start(
                folder,
                Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS),
                List.of("bash", "-c", "ulimit -n 200 && exec " + command))) {
            Run.Result result = run.await();
            assertThat(result.exit()).as(result.toString()).isEqualTo(1);
            long notStarted = number("not_started", result.output());
            assertThat(notStarted).isPositive();
            assertThat(number("completed", result.output())).isEqualTo(1000 - notStarted);
            assertThat(number("failed", result.output())).isZero();
            assertThat(result.stderr())
                    .contains("not started  " + notStarted + ": no socket: Too many open files (see ulimit -n");
        }
    }

    /** The pods are processes with the arguments and the variable of theirs. */
    @Test
    void the_pods_of_the_job_run_one_load_test_whose_results_are_merged() throws Exception {
        JsonObject job = job();
        V1Job.validateJsonElement(job);
        JsonObject spec = job.getAsJsonObject("spec");
        int pods = spec.get("completions").getAsInt();
        assertThat(spec.get("parallelism").getAsInt())
                .as("all at the same time")
                .isEqualTo(pods);
        List<String> flags = spec
                .getAsJsonObject("template")
                .getAsJsonObject("spec")
                .getAsJsonArray("containers")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("args")
                .asList()
                .stream()
                .map(JsonElement::getAsString)
                .map(flag -> flag.startsWith("tftp:") ? uri("shared-{n}.img") : flag)
                .map(flag -> flag.replace("START_AT", "+1"))
                .map(flag -> flag.replaceAll("--(transfers|concurrency)=.*", "--$1=" + SHARED_FILES))
                .toList();
        assertThat(flags).contains("--shard=job/" + pods, "--json=-");
        Run.Result linted = Run.run(Tool.named("yamllint"), "--strict", JOB.toString());
        assertThat(linted.exit()).as(linted.toString()).isZero();

        List<String> command = new ArrayList<>();
        command.add(Repository.ROOT.resolve("client/bin/tftp").toString());
        command.addAll(flags);
        List<Run> running = new ArrayList<>();
        for (int index = 0; index < pods; index++) {
            running.add(Run.start(
                    folder, Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS, "JOB_COMPLETION_INDEX", "" + index), command));
        }
        List<String> merge = new ArrayList<>(List.of("load", "merge", "--json", folder + "/all.json"));
        for (Run pod : running) {
            Run.Result result = pod.await().assertExit(0);
            Path log = folder.resolve("pod-" + merge.size() + ".log");
            Files.writeString(log, result.stderr() + result.output());
            merge.add(log.toString());
        }

        try (Run run = InProcess.tftp(merge.toArray(String[]::new))) {
            assertThat(run.await().assertExit(0).output())
                    .contains("shards       4 of 4, begun within ")
                    .contains("transfers    " + SHARED_FILES + " complete, 0 failed")
                    .contains("  1/4  ", "  2/4  ", "  3/4  ", "  4/4  ");
        }
        assertThat(number("completed", Files.readString(folder.resolve("all.json"))))
                .isEqualTo(SHARED_FILES);
        merge.remove(merge.size() - 1);
        try (Run run = InProcess.tftp(merge.toArray(String[]::new))) {
            assertThat(run.await().assertExit(1).output()).startsWith("MISSING      shard 4 of 4\n");
        }
        Path copy = Files.copy(Path.of(merge.get(merge.size() - 1)), folder.resolve("copy.log"));
        expectRejected(merge, copy.toString(), ": shard 3/4 (expected: one that is not in ");
        expectRejected(merge, merge.get(merge.size() - 1), ": given twice (expected: one file for each shard)");
        expectRejected(merge, "" + JOB, ": no JSON object (expected: written by --json of this version)");
        expectRejected(merge, "" + folder, " (expected: a file that can be read)");
    }

    private static void expectRejected(List<String> merge, String file, String message) {
        List<String> arguments = new ArrayList<>(merge);
        arguments.add(file);
        try (Run run = InProcess.tftp(arguments.toArray(String[]::new))) {
            assertThat(run.await().assertExit(2).stderr())
                    .startsWith("tftp: " + file + message)
                    .endsWith(" (see tftp load merge --help)\n")
                    .hasLineCount(1);
        }
    }

    private static JsonObject job() throws IOException {
        Object yaml = new Yaml().load(Files.readString(JOB));
        return new Gson().toJsonTree(yaml).getAsJsonObject();
    }
}
