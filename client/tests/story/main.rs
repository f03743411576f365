//! Stories of a visitor and her counselors, told with the two state machines and a pretend relay.

mod house;
mod kept;
mod relay;
mod seeded;
mod world;

mod beside;
mod followed;
mod forgeries;
mod on_her_screen;
mod on_the_desk;
mod outages;
mod reloads;
mod seeds;
mod strays;
mod talking;
mod together;
mod trust;
mod unseen;
mod waiting;
