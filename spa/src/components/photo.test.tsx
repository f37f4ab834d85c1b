import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";

import { buildLabel } from "@/testing/examples";
import { renderPart } from "@/testing/services";

import type { Spot } from "./boxes";
import { Photo } from "./photo";

const person = buildLabel("person", 95, { boxes: [95, 90, 85] });

function Pointable() {
  const [active, setActive] = useState<Spot | null>(null);
  return (
    <Photo
      url="http://images.test/dog"
      alt="dog.jpg"
      labels={[person]}
      onLoad={() => undefined}
      spotlight={{ active, setActive }}
    />
  );
}

test("all boxes are one Tab stop, and arrow keys move among them", async () => {
  const user = userEvent.setup();
  await renderPart(
    <>
      <Pointable />
      <button type="button">After</button>
    </>,
  );

  await user.tab();
  expect(screen.getByRole("button", { name: "person, 95%, 1 of 3" })).toHaveFocus();
  await user.keyboard("{ArrowRight}{ArrowRight}");
  const last = screen.getByRole("button", { name: "person, 85%, 3 of 3" });
  expect(last).toHaveFocus();
  expect(last).toHaveAttribute("data-pointed", "true");
  await user.keyboard("{ArrowRight}{End}{ArrowLeft}{Home}");
  expect(screen.getByRole("button", { name: /1 of 3/ })).toHaveFocus();
  await user.tab();
  expect(screen.getByRole("button", { name: "After" })).toHaveFocus();
});

test("pointing at one box lights this box only", async () => {
  const user = userEvent.setup();
  await renderPart(<Pointable />);

  await user.hover(screen.getByRole("button", { name: /2 of 3/ }));

  expect(document.querySelectorAll("[data-active]")).toHaveLength(1);
});
