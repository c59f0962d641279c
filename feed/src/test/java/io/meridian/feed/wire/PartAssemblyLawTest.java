package io.meridian.feed.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.List;

class PartAssemblyLawTest {
    @Property
    void anyFrameSplitIntoPartsIsReassembled(
            @ForAll @Size(min = 1, max = 300) byte[] bytes,
            @ForAll @IntRange(min = 1, max = 50) int partSize) {
        PackedFrame frame = PackedFrame.of(1, bytes, partSize);
        PartAssembly assembly = PartAssembly.NONE;
        for (int i = 0; i < frame.count(); i++) {
            switch (frame.part(7, i)) {
                case FeedReply.Whole whole -> assertThat(whole.bytes()).isEqualTo(bytes);
                case FeedReply.Part part -> {
                    assertThat(part.bytes().length).isLessThanOrEqualTo(partSize);
                    switch (assembly.take(part)) {
                        case PartAssembly.Step.More more -> assembly = more.assembly();
                        case PartAssembly.Step.Whole whole -> {
                            assertThat(i).isEqualTo(frame.count() - 1);
                            assertThat(whole.bytes()).isEqualTo(bytes);
                        }
                        case PartAssembly.Step.Misfit misfit ->
                                throw new AssertionError(misfit.why());
                    }
                }
                case FeedReply.NotReady _, FeedReply.Here<?, ?> _ ->
                        throw new AssertionError("no piece of a frame");
            }
        }
    }

    @Test
    void partsOfAnotherFrameAreRefused() {
        FeedReply.Part first = new FeedReply.Part(1, 11, 4, 0, 2, new byte[2]);
        PartAssembly assembly = ((PartAssembly.Step.More) PartAssembly.NONE.take(first)).assembly();
        for (FeedReply.Part wrong :
                List.of(
                        new FeedReply.Part(1, 12, 4, 1, 2, new byte[2]),
                        new FeedReply.Part(1, 11, 5, 1, 2, new byte[2]),
                        new FeedReply.Part(1, 11, 4, 1, 2, new byte[3]),
                        new FeedReply.Part(1, 11, 4, 2, 3, new byte[2]))) {
            assertThat(assembly.take(wrong)).isInstanceOf(PartAssembly.Step.Misfit.class);
        }
        assertThat(PartAssembly.NONE.take(new FeedReply.Part(1, 1, -1, 0, 1, new byte[0])))
                .isInstanceOf(PartAssembly.Step.Misfit.class);
    }

    @Test
    void aFirstPartRestartsTheAssembly() {
        PartAssembly.Step begun =
                PartAssembly.NONE.take(new FeedReply.Part(1, 11, 4, 0, 2, new byte[2]));
        assertThat(
                        ((PartAssembly.Step.More) begun)
                                .assembly()
                                .take(new FeedReply.Part(1, 99, 9, 0, 3, new byte[3])))
                .isInstanceOfSatisfying(
                        PartAssembly.Step.More.class,
                        more -> assertThat(more.assembly().checksum()).isEqualTo(99));
    }
}
