package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.internal.text.AddressFormat;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The neighbour table of Linux: read from a file for IPv4, and from the command {@code ip} for IPv6, which the kernel
 * provides by netlink only.
 */
final class SystemNeighbourTable implements NeighbourTable {
    private static final Path ARP = Path.of("/proc/net/arp");
    private static final Pattern HARDWARE = Pattern.compile("\\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\\b");
    private static final String NONE = "00:00:00:00:00:00";
    private static final int LONGEST_WAIT_SECONDS = 5;

    @Override
    public Optional<String> hardwareAddressOf(InetAddress client) throws IOException {
        String address = AddressFormat.of(client);
        return client instanceof Inet4Address ? inArpTable(Files.readAllLines(ARP), address) : fromIp(address);
    }

    /**
     * Returns the hardware address of an IPv4 address.
     *
     * @param lines lines of: address, hardware type, flags, hardware address, mask, device
     */
    static Optional<String> inArpTable(List<String> lines, String address) {
        return lines.stream()
                .filter(line -> line.startsWith(address + " "))
                .flatMap(line -> hardwareAddressIn(line).stream())
                .findFirst();
    }

    /** Returns the first hardware address in a text, or empty if there is none or it is all zero. */
    static Optional<String> hardwareAddressIn(String text) {
        Matcher address = HARDWARE.matcher(text.toLowerCase(Locale.ROOT));
        return address.find() && !address.group().equals(NONE)
                ? Optional.of(address.group().replace(':', '-'))
                : Optional.empty();
    }

    private static Optional<String> fromIp(String address) throws IOException {
        Process ip = new ProcessBuilder("ip", "-6", "neigh", "show", "to", address)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        ip.getOutputStream().close();
        try {
            if (!ip.waitFor(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                return Optional.empty();
            }
            return hardwareAddressIn(new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            ip.destroyForcibly();
        }
    }
}
