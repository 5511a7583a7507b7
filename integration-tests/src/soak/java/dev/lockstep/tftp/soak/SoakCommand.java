package dev.lockstep.tftp.soak;

import dev.lockstep.tftp.harness.FigureLog;
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

/** Runs a mixed load on one daemon for a long time. The exit status is 1 if a transfer failed or a measure is not flat. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Loads a daemon with gets, puts, aborts and stray packets over a network that loses"
                + " datagrams, and watches its memory, descriptors and threads.")
public final class SoakCommand implements Callable<Integer> {
    /** The idle timeout of the daemon, short so that an abandoned transfer ends soon. */
    private static final Duration GIVE_UP = Duration.ofSeconds(10);

    /** The wait for the last transfers: a receiver dallies for 11 s, an idle transfer ends after 10 s. */
    private static final long REST_SECONDS = 20;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "30",
            description = "Duration; 30 by default, 0.5 is valid.")
    private double minutes;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "20",
            description = "Operations a second; 20 by default.")
    private double rate;

    @Option(names = "--loss", paramLabel = "PERCENT", defaultValue = "5", description = "Lost datagrams; 5 by default.")
    private double loss;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Between samples; 5 by default.")
    private double every;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Random seed; 1 by default.")
    private long seed;

    @Option(names = "--csv", paramLabel = "FILE", description = "File for the samples.")
    private Path csv;

    @Option(names = "--svg", paramLabel = "FILE", description = "File for the plot.")
    private Path svg;

    @Option(names = "--repository", paramLabel = "DIR", hidden = true)
    private Path repository = Path.of("").toAbsolutePath();

    private final CountDownLatch never = new CountDownLatch(1);

    public static void main(String[] arguments) {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE); // by default Netty would log every detail
        System.exit(new CommandLine(new SoakCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Files.createTempDirectory("soak");
        List<ResourceSample> samples = new ArrayList<>();
        List<String> failures;
        TrendCheck atRest;
        String done;
        try (SoakedDaemon daemon = new SoakedDaemon(repository, root, GIVE_UP);
                ProcessMetrics metrics = new ProcessMetrics(daemon.pid())) {
            ResourceSample before = metrics.take(0);
            MixedLoad load = new MixedLoad(root, daemon.address(), GIVE_UP, loss / 100, seed);
            try (load) {
                load.start(rate, seed);
                watch(metrics, samples);
            }
            done = load.toString();
            System.out.println("done     " + done);
            failures = load.failures(); // including those of the last operations
            never.await(REST_SECONDS, TimeUnit.SECONDS);
            ResourceSample after = metrics.take(minutes * 60 + REST_SECONDS);
            FigureLog.record("rest", before.csv().replace(',', '|'));
            FigureLog.record("rest", after.csv().replace(',', '|'));
            System.out.println("         " + ResourceSample.csvHeader());
            System.out.println("before   " + before.csv() + "\nat rest  " + after.csv());
            atRest = TrendCheck.between(Measure.DESCRIPTORS, before, after);
        } finally {
            removeAll(root);
        }
        FigureLog.record("soak", String.format(Locale.ROOT, "%.1f", minutes), loss, done, failures.size());
        return report(samples, atRest, failures);
    }

    private void watch(ProcessMetrics metrics, List<ResourceSample> samples) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long length = (long) (minutes * 60e9);
        try (PrintWriter lines =
                csv == null ? new PrintWriter(PrintWriter.nullWriter()) : new PrintWriter(csv.toFile(), "UTF-8")) {
            lines.println(ResourceSample.csvHeader());
            while (System.nanoTime() - begin < length) {
                never.await((long) (every * 1000), TimeUnit.MILLISECONDS);
                ResourceSample sample = metrics.take((System.nanoTime() - begin) / 1e9);
                samples.add(sample);
                FigureLog.record("sample", sample.csv().replace(',', '|'));
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
        List<TrendCheck> trends = Arrays.stream(Measure.values())
                .map(each -> TrendCheck.of(each, samples))
                .toList();
        trends.forEach(System.out::println);
        System.out.println("before and after:\n" + atRest);
        System.out.println(failures.size() + " failed");
        failures.stream().limit(20).forEach(System.out::println);
        boolean flat = atRest.isFlat() && trends.stream().allMatch(TrendCheck::isFlat);
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
