package dev.lockstep.tftp.soak;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A mixed load on one daemon for a long time; exit status 1 if a transfer went wrong or something is not flat. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Loads our daemon with gets, puts, aborts and stray packets over a network that loses"
                + " datagrams, and watches its memory, descriptors and threads.")
public final class SoakCommand implements Callable<Integer> {
    /** Of the daemon: an abandoned transfer is over soon. */
    private static final Duration GIVE_UP = Duration.ofSeconds(10);

    /** A receiver lingers for 11 s, a transfer gives up after 10 s. */
    private static final long REST_SECONDS = 20;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "30", description = "30 by default; 0.5 is fine.")
    private double minutes;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "20", description = "Errands a second; 20 by default.")
    private double rate;

    @Option(names = "--loss", paramLabel = "PERCENT", defaultValue = "5", description = "5 by default.")
    private double loss;

    @Option(names = "--every", paramLabel = "SECONDS", defaultValue = "5", description = "Between looks; 5 by default.")
    private double every;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "1 by default.")
    private long seed;

    @Option(names = "--csv", paramLabel = "FILE", description = "Where each look goes.")
    private Path csv;

    @Option(names = "--svg", paramLabel = "FILE", description = "Where the picture goes.")
    private Path svg;

    @Option(names = "--repository", paramLabel = "DIR", hidden = true)
    private Path repository = Path.of("").toAbsolutePath();

    private final CountDownLatch never = new CountDownLatch(1);

    public static void main(String[] arguments) {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE); // or it would log every detail
        System.exit(new CommandLine(new SoakCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Files.createTempDirectory("soak");
        List<ResourceSample> samples = new ArrayList<>();
        List<String> failures;
        TrendCheck atRest;
        try (SoakedDaemon daemon = new SoakedDaemon(repository, root, GIVE_UP);
                ProcessMetrics vitals = new ProcessMetrics(daemon.pid())) {
            ResourceSample before = vitals.take(0);
            MixedLoad load = new MixedLoad(root, daemon.address(), GIVE_UP, loss / 100, seed);
            try (load) {
                load.start(rate, seed);
                watch(vitals, samples);
            }
            System.out.println("done     " + load);
            failures = load.failures(); // of the last errands, too
            never.await(REST_SECONDS, TimeUnit.SECONDS);
            ResourceSample after = vitals.take(minutes * 60 + REST_SECONDS);
            System.out.println("         " + ResourceSample.csvHeader());
            System.out.println("before   " + before.csv() + "\nat rest  " + after.csv());
            atRest = TrendCheck.between(Measure.DESCRIPTORS, before, after);
        } finally {
            removeAll(root);
        }
        return report(samples, atRest, failures);
    }

    private void watch(ProcessMetrics vitals, List<ResourceSample> samples) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long length = (long) (minutes * 60e9);
        try (PrintWriter lines =
                csv == null ? new PrintWriter(PrintWriter.nullWriter()) : new PrintWriter(csv.toFile(), "UTF-8")) {
            lines.println(ResourceSample.csvHeader());
            while (System.nanoTime() - begin < length) {
                never.await((long) (every * 1000), TimeUnit.MILLISECONDS);
                ResourceSample sample = vitals.take((System.nanoTime() - begin) / 1e9);
                samples.add(sample);
                lines.println(sample.csv());
                lines.flush();
            }
        }
    }

    private int report(List<ResourceSample> samples, TrendCheck atRest, List<String> failures) throws IOException {
        if (svg != null) {
            String caption =
                    String.format(Locale.ROOT, "tftpd, %.0f minutes of mixed load, %.0f %% loss", minutes, loss);
            Files.writeString(svg, Plot.of(samples, caption));
        }
        List<TrendCheck> verdicts = Arrays.stream(Measure.values())
                .map(each -> TrendCheck.of(each, samples))
                .toList();
        verdicts.forEach(System.out::println);
        System.out.println("before and after:\n" + atRest);
        System.out.println(failures.size() + " failed");
        failures.stream().limit(20).forEach(System.out::println);
        boolean flat = atRest.isFlat() && verdicts.stream().allMatch(TrendCheck::isFlat);
        return failures.isEmpty() && flat ? 0 : 1;
    }

    private static void removeAll(Path root) throws IOException {
        try (var files = Files.list(root)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(root);
    }
}
