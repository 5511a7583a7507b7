package dev.lockstep.tftp.resilience;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Formats the times of many transfers. */
final class Figures {
    private Figures() {}

    /** Returns a line for each kind of transfer. */
    static String of(List<ImpairedTransfers.ImpairedTransfer> transfers) {
        return transfers.stream()
                .collect(Collectors.groupingBy(
                        ImpairedTransfers.ImpairedTransfer::kind, java.util.TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(each -> line(each.getKey().toString(), each.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static String line(String what, List<ImpairedTransfers.ImpairedTransfer> transfers) {
        long failed = transfers.stream().filter(each -> each.failure() != null).count();
        double[] times = transfers.stream()
                .mapToDouble(ImpairedTransfers.ImpairedTransfer::seconds)
                .sorted()
                .toArray();
        return line(what, times) + String.format(Locale.ROOT, ", %d failed", failed);
    }

    static String line(String what, double... seconds) {
        double[] times = seconds.clone();
        Arrays.sort(times);
        return String.format(
                Locale.ROOT,
                "%-28s %3d transfers, seconds: least %.2f, median %.2f, 90 %% %.2f, most %.2f",
                what,
                times.length,
                times[0],
                (times[(times.length - 1) / 2] + times[times.length / 2]) / 2,
                times[(int) (0.9 * (times.length - 1))],
                times[times.length - 1]);
    }
}
