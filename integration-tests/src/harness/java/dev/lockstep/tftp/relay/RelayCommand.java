package dev.lockstep.tftp.relay;

import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a relay until it is interrupted, and then prints the counters of its datagrams. */
@Command(
        name = "relay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Relays datagrams between TFTP clients and a server, and impairs them in both directions.")
public final class RelayCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "HOST", description = "Host of the server.")
    private String host;

    @Parameters(
            index = "1",
            paramLabel = "PORT",
            defaultValue = "69",
            description = "Port of the server; 69 by default.")
    private int port;

    @Option(
            names = "--listen",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port for the requests of clients; 0: any.")
    private int listen;

    @Option(names = "--classic", description = "100 ms ± 50 ms, 20 %% loss, duplication and reordering.")
    private boolean classic;

    @Option(names = "--delay", paramLabel = "TIME", description = "Delay of each datagram: 100ms, 2s.")
    private Duration delay;

    @Option(names = "--jitter", paramLabel = "TIME", description = "Spread of the delay, up and down.")
    private Duration jitter;

    @Option(names = "--loss", paramLabel = "PERCENT", converter = Percent.class)
    private Double loss;

    @Option(names = "--duplicate", paramLabel = "PERCENT", converter = Percent.class)
    private Double duplicate;

    @Option(names = "--reorder", paramLabel = "PERCENT", converter = Percent.class, description = "Not delayed.")
    private Double reorder;

    @Option(names = "--swap", paramLabel = "PERCENT", converter = Percent.class, description = "Sent after the next.")
    private Double swap;

    @Option(names = "--corrupt", paramLabel = "PERCENT", converter = Percent.class, description = "One bit inverted.")
    private Double corrupt;

    @Option(names = "--truncate", paramLabel = "PERCENT", converter = Percent.class, description = "Cut at any place.")
    private Double truncate;

    @Option(names = "--mtu", paramLabel = "BYTES", description = "Longer packets are dropped.")
    private Integer mtu;

    @Option(names = "--blackout", paramLabel = "TIME", description = "All datagrams are dropped for this time, once.")
    private Duration blackout;

    @Option(
            names = "--blackout-after",
            paramLabel = "N",
            defaultValue = "20",
            description = "The blackout begins after N datagrams; 20 by default.")
    private long blackoutAfter;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of all decisions; 1 by default.")
    private long seed;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RelayCommand())
                .registerConverter(Duration.class, RelayCommand::duration)
                .execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        Blackout once = blackout == null ? Blackout.NEVER : new Blackout(blackoutAfter, blackout);
        RelaySettings settings = Relay.to(new InetSocketAddress(host, port))
                .listen(listen)
                .impairment(impairment())
                .blackout(once)
                .seed(seed);
        Relay relay = settings.start();
        System.out.println("Listening port " + relay.address().getPort() + " for " + host + " " + port + ", "
                + settings.up() + ", seed " + seed);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            relay.close();
            System.out.println("to the server:  " + relay.upCounter() + "\nto the clients: " + relay.downCounter());
        }));
        relay.awaitEnd();
        return 0;
    }

    private NetworkImpairment impairment() {
        NetworkImpairment start = classic ? NetworkImpairment.CLASSIC : NetworkImpairment.CLEAR;
        return new NetworkImpairment(
                or(delay, start.delay()),
                or(jitter, start.jitter()),
                or(loss, start.loss()),
                or(duplicate, start.duplication()),
                or(reorder, start.reordering()),
                or(swap, start.swapping()),
                or(corrupt, start.corruption()),
                or(truncate, start.truncation()),
                or(mtu, start.mtu()));
    }

    private static <T> T or(T said, T otherwise) {
        return said == null ? otherwise : said;
    }

    private static Duration duration(String text) {
        return Duration.parse("PT" + (text.endsWith("ms") ? millis(text) : text));
    }

    private static String millis(String text) {
        return Double.parseDouble(text.substring(0, text.length() - 2)) / 1000 + "S";
    }

    /** Converts {@code 20} or {@code 20%} to 0.2. */
    private static final class Percent implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return Double.parseDouble(text.endsWith("%") ? text.substring(0, text.length() - 1) : text) / 100;
        }
    }
}
